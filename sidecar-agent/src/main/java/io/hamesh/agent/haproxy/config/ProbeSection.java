package io.hamesh.agent.haproxy.config;

import io.hamesh.model.AppProbe;
import io.hamesh.model.ProbeTarget;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The kubelet's probes of the application, which come here because the application listens on loopback. The application
 * alone answers them, and gets the probe and nothing beside it: whoever else comes this way asks what the kubelet asks.
 * How long an answer may take is the kubelet's to say, who hangs up.
 */
final class ProbeSection implements Section {
    private final Sidecar sidecar;

    ProbeSection(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    /** The frontends of gRPC probes, and the application behind all probes. */
    @Override
    public void write(Lines out) {
        SortedMap<String, AppProbe> backends = new TreeMap<>();
        for (AppProbe probe : sidecar.service().probes()) {
            if (!(probe.target() instanceof Tcp)) {
                backends.putIfAbsent(backend(probe), probe);
            }
        }
        if (!backends.isEmpty()) {
            defaults(out);
        }
        for (AppProbe probe : sidecar.service().probes()) {
            if (probe.target() instanceof Grpc grpc) {
                new GrpcProbeSection(sidecar, grpc, backend(probe)).write(out);
            }
        }
        backends.forEach((name, probe) -> backend(out, name, probe));
    }

    /** Probes of one kind and port share one. */
    static String backend(AppProbe probe) {
        String prefix = probe.kind().isHook() ? "hook_" : "probe_";
        return switch (probe.target()) {
            case Http http -> prefix + (http.tls() ? "https_" : "http_") + http.port();
            case Grpc grpc -> "probe_grpc_" + grpc.port();
            case Tcp tcp -> throw new IllegalStateException(tcp + " is answered by Lua");
        };
    }

    private void defaults(Lines out) {
        out.section("defaults probe from local");
        out.lines("""
                balance first
                retries <retries>
                timeout connect 24h
                timeout server 24h
                # each probe connects anew, as the kubelet does, and ends with it
                option abortonclose
                option httpclose
                http-reuse never
                option http-drop-request-trailers
                """, Map.of("retries", sidecar.pod().ipv6Loopback() ? 1 : 0));
    }

    /** A lost connection is all that a hook can fail of: an answer of HAProxy's own would be a success. */
    private void backend(Lines out, String name, AppProbe probe) {
        out.section("backend " + name + " from probe");
        if (probe.kind().isHook()) {
            out.line("errorfile 502 /dev/null");
            out.line("errorfile 503 /dev/null");
        }
        if (probe.target() instanceof Http) {
            // where it leads the kubelet could not follow; without it the answer stands, as after a redirect elsewhere
            out.line("http-response del-header location if { status 300:399 }");
        }
        Upgrades.none(out);
        int port = probe.target().port();
        String options = options(probe.target());
        sidecar.loopback()
                .forEach((server, address) -> out.line("server " + server + " " + address + ":" + port + options));
    }

    /** An application's own TLS is no pod's of the mesh: it may ask for another version and for any curve that OpenSSL has. */
    private static String options(ProbeTarget target) {
        return switch (target) {
            case Http http -> http.tls() ? " ssl verify none ssl-min-ver TLSv1.2 curves DEFAULT alpn h2,http/1.1" : "";
            case Grpc grpc -> " proto h2";
            case Tcp tcp -> "";
        };
    }
}
