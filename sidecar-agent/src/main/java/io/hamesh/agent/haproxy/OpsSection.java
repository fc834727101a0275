package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.MeshSnapshot;

/** What operators of the pod ask: metrics and readiness on the pod's addresses, the stats page on loopback. */
final class OpsSection {
    private final Layout layout;
    private final MeshSnapshot snapshot;

    OpsSection(Layout layout, MeshSnapshot snapshot) {
        this.layout = layout;
        this.snapshot = snapshot;
    }

    void appendTo(StringBuilder out) {
        ops(out);
        stats(out);
    }

    private void ops(StringBuilder out) {
        out.append("frontend ops from local\n");
        HaproxyConfig.bindAll(out, snapshot, layout.opsPort(), "");
        out.append("""
                  http-request use-service prometheus-exporter if { path /metrics }
                  http-request return status 200 content-type text/plain string "ready\\n" if { path /ready }
                  http-request return status 404

                """);
    }

    private void stats(StringBuilder out) {
        out.append("""
                frontend stats from local
                  bind 127.0.0.1:%d
                  stats enable
                  stats uri /
                  stats refresh 5s

                """.formatted(layout.statsPort()));
    }
}
