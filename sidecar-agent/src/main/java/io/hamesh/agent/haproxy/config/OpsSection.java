package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;

/** What operators of the pod ask: metrics, readiness and the kubelet's probes on the pod's addresses, the stats page on loopback. */
final class OpsSection {
    private static final String FRONTEND = "ops";

    private final Layout layout;
    private final MeshSnapshot snapshot;
    private final ProbeSection probes;
    private final Kubelet kubelet;

    OpsSection(Layout layout, MeshSnapshot snapshot, ProbeSection probes) {
        this.layout = layout;
        this.snapshot = snapshot;
        this.probes = probes;
        this.kubelet = new Kubelet(snapshot.service().proxy().probeSecret());
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
        new ConnectionBounds(snapshot).ops(out, FRONTEND);
        kubelet.recognise(out);
        out.append("""
                  http-request use-service prometheus-exporter if { path /metrics }
                  http-request return status 200 content-type "text/plain; version=0.0.4" lf-string "%%[%3$s,url_dec(1)]" if { path /metrics/agent }
                  http-request return status 200 content-type text/plain string "started\\n" if { path /started }
                  http-request return status 503 content-type text/plain lf-string "%%[%2$s,url_dec(1)]\\n" if { path /ready } { %2$s -m found }
                  http-request return status 200 content-type text/plain string "ready\\n" if { path /ready }
                  http-request return status 200 content-type text/plain lf-string "%%[%1$s]\\n" if { path /open-ports }
                """.formatted(status(StatusMap.OPEN_PORTS), status(StatusMap.UNREADY), status(StatusMap.METRICS)));
        probes.appendRules(out, kubelet);
        out.append('\n');
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
