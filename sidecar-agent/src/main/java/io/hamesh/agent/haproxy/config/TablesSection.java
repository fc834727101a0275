package io.hamesh.agent.haproxy.config;

/** The stick tables that the rules of several frontends look at, each in a backend that lends it its name. */
final class TablesSection implements Section {
    @Override
    public void write(Lines out) {
        table(
                out,
                ConnectionBounds.SOURCES,
                "type ipv6 size 20k expire 1m store conn_cur,gpc0_rate(10s),gpc1_rate(10s)");
        table(out, ConnectionBounds.ASKERS, "type ipv6 size 20k expire 1m store conn_cur");
        table(out, ConnectionBounds.CALLERS, "type ipv6 size 20k expire 1m store conn_rate(10s)");
        table(out, ConnectionBounds.STREAMS, "type ipv6 size 20k expire 1m store conn_cur");
        table(out, LargeTransfers.TABLE, "type integer size 1 expire 1m store conn_cur");
        table(out, LargeTransfers.BY_SOURCE, "type ipv6 size 20k expire 1m store conn_cur");
        table(out, Kubelet.ASKED, "type ipv6 size 20k expire 1m store conn_cur");
        table(out, Kubelet.CALLS, "type integer size 1 expire 1m store conn_cur");
        table(out, Kubelet.TABLE, "type ipv6 size 1k expire 10m store gpt0");
    }

    private static void table(Lines out, String name, String what) {
        out.section("backend " + name + " from local");
        out.line("stick-table " + what);
    }
}
