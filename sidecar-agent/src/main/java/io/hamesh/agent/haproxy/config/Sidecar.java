package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/** What sections are written from, and what several of them say alike. */
record Sidecar(MeshSnapshot snapshot, Layout layout, Salt salt) {
    ServiceSettings service() {
        return snapshot.service();
    }

    PodAddresses pod() {
        return snapshot.pod();
    }

    /** Whether the pod's own service speaks HTTP. */
    boolean http() {
        return service().protocol().isHttpLike();
    }

    /** The defaults of sections in which that protocol is spoken. */
    static String defaults(Protocol protocol) {
        return protocol.isHttpLike() ? "http" : "tcp";
    }

    ServerLine servers() {
        return new ServerLine(layout, salt);
    }

    ConnectionBounds bounds() {
        return new ConnectionBounds(snapshot);
    }

    Upgrades upgrades() {
        return new Upgrades(service());
    }

    Kubelet kubelet() {
        return new Kubelet(service().proxy().probeSecret());
    }

    /** On every family that the pod has: a bind on the other would stop HAProxy. */
    void bindAll(Lines out, int port, String options) {
        if (pod().hasIpv4()) {
            out.line("bind :" + port + options);
        }
        if (pod().hasIpv6()) {
            out.line("bind [::]:" + port + " v6only" + options);
        }
    }

    /** The pod's loopback addresses as HAProxy writes them, by the name of a server that listens there. */
    Map<String, String> loopback() {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("ipv4", "127.0.0.1");
        if (pod().ipv6Loopback()) {
            addresses.put("ipv6", "[::1]");
        }
        return addresses;
    }
}
