package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.MeshSnapshot;

/** What operators of the pod ask: metrics, readiness and the kubelet's probes on the pod's addresses, the stats page on loopback. */
final class OpsSection {
    /** Of the process's 4000: the mesh port keeps the rest. */
    private static final int CONNECTIONS = 500;

    private static final String FRONTEND = "ops";

    private final Layout layout;
    private final MeshSnapshot snapshot;
    private final ProbeSection probes;

    OpsSection(Layout layout, MeshSnapshot snapshot, ProbeSection probes) {
        this.layout = layout;
        this.snapshot = snapshot;
        this.probes = probes;
    }

    void appendTo(StringBuilder out) {
        ops(out);
        stats(out);
    }

    /**
     * {@code /started} says that a snapshot runs, for the startup probe and the agent itself; {@code /ready} also obeys the
     * agent's objection. What the agent said last stays said while it is dead.
     */
    private void ops(StringBuilder out) {
        out.append("frontend " + FRONTEND + " from local\n");
        HaproxyConfig.bindAll(out, snapshot, layout.opsPort(), "");
        out.append("  maxconn ").append(CONNECTIONS).append('\n');
        out.append("  stick-table type ipv6 size 1k expire 1m store conn_cur\n");
        boundSources(out);
        out.append("""
                  http-request use-service prometheus-exporter if { path /metrics }
                  http-request return status 200 content-type "text/plain; version=0.0.4" lf-string "%%[%3$s,url_dec(1)]" if { path /metrics/agent }
                  http-request return status 200 content-type text/plain string "started\\n" if { path /started }
                  http-request return status 503 content-type text/plain lf-string "%%[%2$s,url_dec(1)]\\n" if { path /ready } { %2$s -m found }
                  http-request return status 200 content-type text/plain string "ready\\n" if { path /ready }
                  http-request return status 200 content-type text/plain lf-string "%%[%1$s]\\n" if { path /open-ports }
                  http-request return status 200 content-type text/plain lf-string "%%[%4$s,url_dec(1)]" if { path /warnings }
                """.formatted(
                        status(StatusMap.OPEN_PORTS),
                        status(StatusMap.UNREADY),
                        status(StatusMap.METRICS),
                        status(StatusMap.WARNINGS)));
        probes.appendRules(out);
        out.append('\n');
    }

    /** Of what one source may hold at once: the kubelet does not wait behind whoever opens all that there are. */
    static void boundSources(StringBuilder out) {
        out.append("""
                  tcp-request connection track-sc0 src table %s
                  tcp-request connection reject if { sc0_conn_cur gt 100 }
                """.formatted(FRONTEND));
    }

    private String status(String key) {
        return "str(" + key + "),map_str(" + layout.file(Layout.STATUS) + ")";
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
