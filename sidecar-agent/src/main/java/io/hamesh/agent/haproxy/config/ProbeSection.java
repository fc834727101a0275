package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.model.AppProbe;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ProbeTarget;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The kubelet's probes of the application, which come here because the application listens on loopback. The application
 * alone answers them, and gets the probe and nothing beside it: whoever else comes this way asks what the kubelet asks.
 * How long an answer may take is the kubelet's to say, who hangs up.
 */
final class ProbeSection {
    private static final String GRPC_HEADERS = "content-type|grpc-accept-encoding|grpc-timeout|host|te|user-agent";

    private final Layout layout;
    private final MeshSnapshot snapshot;
    private final List<AppProbe> byPath;
    private final List<AppProbe> byPort;

    ProbeSection(Layout layout, MeshSnapshot snapshot) {
        this.layout = layout;
        this.snapshot = snapshot;
        this.byPath = snapshot.service().probes().stream()
                .filter(probe -> !(probe.target() instanceof Grpc))
                .toList();
        this.byPort = snapshot.service().probes().stream()
                .filter(probe -> probe.target() instanceof Grpc)
                .toList();
    }

    /** What HAProxy has to load for them. */
    void appendGlobal(StringBuilder out) {
        if (byPath.stream().anyMatch(probe -> probe.target() instanceof Tcp)) {
            out.append("  lua-load-per-thread ").append(layout.tcpProbe()).append('\n');
        }
    }

    /** The last rules of the frontend on the operations port: the probes, and 404 to everything else. */
    void appendRules(StringBuilder out, Kubelet kubelet) {
        if (byPath.isEmpty()) {
            out.append("  http-request return status 404\n");
            return;
        }
        kubelet.alone(out);
        out.append("""
                  # a probe's whole URL and nothing with it: no query, no body, no other method or version
                  http-request set-var(txn.probe) url if { method GET } { req.ver 1.1 } !{ req.hdr(content-length) -m found } !{ req.hdr(transfer-encoding) -m found }
                  http-request return status 404 if !{ var(txn.probe) -m str %s }
                  http-request set-timeout client 24h
                """.formatted(byPath.stream().map(AppProbe::path).collect(Collectors.joining(" "))));
        noteHost(out);
        byPath.forEach(probe -> rules(out, probe));
        byPath.forEach(probe -> choice(out, probe));
    }

    private void rules(StringBuilder out, AppProbe probe) {
        switch (probe.target()) {
            case Tcp tcp -> rules(out, probe, tcp);
            case Http http -> rules(out, probe, http);
            case Grpc grpc -> throw new IllegalStateException(grpc + " has a port of its own");
        }
    }

    private void rules(StringBuilder out, AppProbe probe, Tcp tcp) {
        String condition = when(probe);
        String loopback = snapshot.pod().ipv6Loopback() ? "127.0.0.1 ::1" : "127.0.0.1";
        out.append("  http-request set-var(txn.port) int(")
                .append(tcp.port())
                .append(')')
                .append(condition);
        out.append("  http-request set-var(txn.loopback) str(\"")
                .append(loopback)
                .append("\")")
                .append(condition);
        out.append("  http-request use-service lua.tcp_probe").append(condition);
    }

    private void rules(StringBuilder out, AppProbe probe, Http http) {
        String condition = when(probe);
        TreeSet<String> headers = new TreeSet<>(http.headers());
        headers.addAll(List.of("accept", "host", "user-agent"));
        only(out, String.join("|", headers), condition);
        if (!http.headers().contains("host")) {
            host(out, http.port(), condition);
        }
        out.append("  http-request set-pathq ").append(quoted(http.path())).append(condition);
    }

    private static void choice(StringBuilder out, AppProbe probe) {
        if (probe.target() instanceof Http http) {
            out.append("  use_backend ").append(backend(probe, http)).append(when(probe));
        }
    }

    private static String when(AppProbe probe) {
        return " if { var(txn.probe) -m str " + probe.path() + " }\n";
    }

    /** Anybody may send a gRPC probe's request, and whoever has the secret another; a forged identity, a cookie or an upgrade beside it does not come through. */
    private static void only(StringBuilder out, String names, String condition) {
        out.append("  http-request del-header '^(?!(?:")
                .append(names)
                .append(")$)' -m reg")
                .append(condition);
    }

    /** What the kubelet says for a host where a probe does not: the pod's address as it was asked. */
    private void noteHost(StringBuilder out) {
        if (snapshot.pod().hasIpv4()) {
            out.append("  http-request set-var(txn.host) dst\n");
        }
        if (snapshot.pod().hasIpv6()) {
            out.append("  http-request set-var-fmt(txn.host) '[%[dst]]' if { dst -m sub : }\n");
        }
    }

    private static void host(StringBuilder out, int port, String condition) {
        out.append("  http-request set-header Host '%[var(txn.host)]:")
                .append(port)
                .append('\'')
                .append(condition);
    }

    /** In strong quotes nothing is special but their end, and a format knows `%` alone. */
    private static String quoted(String path) {
        return "'" + path.replace("%", "%%").replace("'", "'\\''") + "'";
    }

    /** The frontends of gRPC probes, and the application behind all of them. */
    void appendTo(StringBuilder out) {
        SortedMap<String, AppProbe> backends = new TreeMap<>();
        for (AppProbe probe : snapshot.service().probes()) {
            if (probe.target() instanceof Http http) {
                backends.putIfAbsent(backend(probe, http), probe);
            }
            if (probe.target() instanceof Grpc grpc) {
                backends.putIfAbsent(backend(grpc), probe);
            }
        }
        if (!backends.isEmpty()) {
            defaults(out);
        }
        byPort.forEach(probe -> {
            if (probe.target() instanceof Grpc grpc) {
                frontend(out, grpc);
            }
        });
        backends.forEach((name, probe) -> backend(out, name, probe));
    }

    private void defaults(StringBuilder out) {
        out.append("""
                defaults probe from local
                  balance first
                  retries %d
                  timeout connect 24h
                  timeout server 24h
                  # each probe connects anew, as the kubelet does, and ends with it
                  option abortonclose
                  option httpclose
                  http-reuse never
                  option http-drop-request-trailers

                """.formatted(snapshot.pod().ipv6Loopback() ? 1 : 0));
    }

    /** The very message that the kubelet sends, not only the method: no other service's health is anybody's business. */
    private void frontend(StringBuilder out, Grpc grpc) {
        String name = "grpc_probe_" + grpc.listen();
        out.append("frontend ").append(name).append(" from local\n");
        int port = layout.opsPort() + grpc.listen() - MeshPorts.OPS;
        HaproxyConfig.bindAll(out, snapshot, port, " proto h2");
        new ConnectionBounds(snapshot).grpcProbe(out, name);
        Kubelet.boundCalls(out);
        out.append("""
                  http-request wait-for-body time 1s
                  http-request return status 404 if !{ method POST } || !{ pathq -m str /grpc.health.v1.Health/Check } || !{ req.body,hex -m str %s }
                  http-request set-timeout client 24h
                """.formatted(HealthCheckRequest.hex(grpc.service())));
        only(out, GRPC_HEADERS, "\n");
        noteHost(out);
        host(out, grpc.port(), "\n");
        out.append("  default_backend ").append(backend(grpc)).append("\n\n");
    }

    private static String backend(AppProbe probe, Http http) {
        return (probe.kind().isHook() ? "hook_" : "probe_") + (http.tls() ? "https_" : "http_") + http.port();
    }

    private static String backend(Grpc grpc) {
        return "probe_grpc_" + grpc.port();
    }

    /** A lost connection is all that a hook can fail of: an answer of HAProxy's own would be a success. */
    private void backend(StringBuilder out, String name, AppProbe probe) {
        out.append("backend ").append(name).append(" from probe\n");
        if (probe.kind().isHook()) {
            out.append("  errorfile 502 /dev/null\n  errorfile 503 /dev/null\n");
        }
        if (probe.target() instanceof Http) {
            // where it leads the kubelet could not follow; without it the answer stands, as after a redirect elsewhere
            out.append("  http-response del-header location if { status 300:399 }\n");
        }
        Upgrades.none(out);
        String options = options(probe.target());
        out.append("  server ipv4 127.0.0.1:")
                .append(probe.target().port())
                .append(options)
                .append('\n');
        if (snapshot.pod().ipv6Loopback()) {
            out.append("  server ipv6 [::1]:")
                    .append(probe.target().port())
                    .append(options)
                    .append('\n');
        }
        out.append('\n');
    }

    private static String options(ProbeTarget target) {
        return switch (target) {
            case Http http -> http.tls() ? " ssl verify none ssl-min-ver TLSv1.2 alpn h2,http/1.1" : "";
            case Grpc grpc -> " proto h2";
            case Tcp tcp -> "";
        };
    }
}
