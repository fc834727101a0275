package io.hamesh.agent.haproxy.config;

import java.util.Map;

/** What operators of the pod ask on its addresses: metrics and readiness; and the kubelet's probes. */
final class OpsSection implements Section {
    private static final String FRONTEND = "ops";

    private final Sidecar sidecar;

    OpsSection(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    /**
     * {@code /started} says that a snapshot runs, for the startup probe and the agent itself; {@code /ready} also obeys the
     * agent's objection. What the agent said last stays said while it is dead.
     */
    @Override
    public void write(Lines out) {
        out.section("frontend " + FRONTEND + " from local");
        sidecar.bindAll(out, sidecar.layout().opsPort(), "");
        ConnectionBounds.kubelets(out, FRONTEND);
        sidecar.kubelet().recognise(out);
        out.lines(
                """
                http-request use-service prometheus-exporter if { path /metrics }
                http-request return status 200 content-type "text/plain; version=0.0.4" lf-string "%[<metrics>,url_dec(1)]" if { path /metrics/agent }
                http-request return status 200 content-type text/plain string "started\\n" if { path /started }
                http-request return status 503 content-type text/plain lf-string "%[<unready>,url_dec(1)]\\n" if { path /ready } { <unready> -m found }
                http-request return status 200 content-type text/plain string "ready\\n" if { path /ready }
                http-request return status 200 content-type text/plain lf-string "%[<open-ports>]\\n" if { path /open-ports }
                """,
                Map.of(
                        "metrics", status(StatusMap.METRICS),
                        "unready", status(StatusMap.UNREADY),
                        "open-ports", status(StatusMap.OPEN_PORTS)));
        new ProbeRules(sidecar).write(out);
    }

    private String status(String key) {
        return "str(" + key + "),map_str(" + sidecar.layout().file(Layout.STATUS) + ")";
    }
}
