package io.hamesh.agent.haproxy.config;

/** HAProxy's own page, on loopback. */
final class StatsSection implements Section {
    private final Sidecar sidecar;

    StatsSection(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    @Override
    public void write(Lines out) {
        out.section("frontend stats from local");
        out.line("bind 127.0.0.1:" + sidecar.layout().statsPort());
        out.lines("""
                stats enable
                stats uri /
                stats refresh 5s
                """);
    }
}
