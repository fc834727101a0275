package io.hamesh.agent.haproxy.config;

import io.hamesh.model.AppProbe;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The last rules of the operations port's frontend: HTTP and TCP probes by their paths, and 404 to everything else. */
final class ProbeRules {
    private final Sidecar sidecar;
    private final List<AppProbe> probes;

    ProbeRules(Sidecar sidecar) {
        this.sidecar = sidecar;
        this.probes = sidecar.service().probes().stream()
                .filter(probe -> !(probe.target() instanceof Grpc))
                .toList();
    }

    void write(Lines out) {
        if (probes.isEmpty()) {
            out.line("http-request return status 404");
            return;
        }
        sidecar.kubelet().alone(out);
        out.lines("""
                # a probe's whole URL and nothing with it: no query, no body, no other method or version
                http-request set-var(txn.probe) url if { method GET } { req.ver 1.1 } !{ req.hdr(content-length) -m found } !{ req.hdr(transfer-encoding) -m found }
                http-request return status 404 if !{ var(txn.probe) -m str <paths> }
                http-request set-timeout client 24h
                """, Map.of("paths", probes.stream().map(AppProbe::path).collect(Collectors.joining(" "))));
        ProbeHeaders.noteHost(out, sidecar);
        probes.forEach(probe -> asked(out.when(asksFor(probe)), probe));
        probes.forEach(probe -> choice(out.when(asksFor(probe)), probe));
    }

    private static String asksFor(AppProbe probe) {
        return "{ var(txn.probe) -m str " + probe.path() + " }";
    }

    private void asked(Lines out, AppProbe probe) {
        switch (probe.target()) {
            case Tcp tcp -> asked(out, tcp);
            case Http http -> asked(out, http);
            case Grpc grpc -> throw new IllegalStateException(grpc + " has a port of its own");
        }
    }

    private void asked(Lines out, Tcp tcp) {
        String loopback = sidecar.pod().ipv6Loopback() ? "127.0.0.1 ::1" : "127.0.0.1";
        out.line("http-request set-var(txn.port) int(" + tcp.port() + ")");
        out.line("http-request set-var(txn.loopback) str(\"" + loopback + "\")");
        out.line("http-request use-service lua.tcp_probe");
    }

    private static void asked(Lines out, Http http) {
        TreeSet<String> headers = new TreeSet<>(http.headers());
        headers.addAll(List.of("accept", "host", "user-agent"));
        ProbeHeaders.only(out, String.join("|", headers));
        if (!http.headers().contains("host")) {
            ProbeHeaders.host(out, http.port());
        }
        out.line("http-request set-pathq " + quoted(http.path()));
    }

    private static void choice(Lines out, AppProbe probe) {
        if (probe.target() instanceof Http) {
            out.line("use_backend " + ProbeSection.backend(probe));
        }
    }

    /** In strong quotes nothing is special but their end, and a format knows `%` alone. */
    private static String quoted(String path) {
        return "'" + path.replace("%", "%%").replace("'", "'\\''") + "'";
    }
}
