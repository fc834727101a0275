package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.UpstreamState;

/** One service that the pod calls: a listener on loopback, and the endpoints behind it. */
final class UpstreamSection implements Section {
    /** Doing it twice is as good as doing it once (RFC 9110): it may be asked for again. */
    static final String REPEATABLE = "{ method GET HEAD OPTIONS PUT DELETE TRACE }";

    /** A request whose response got lost may have been done, and its method says that it must not be done again. */
    static final String ONCE = "!" + REPEATABLE;

    /**
     * The least loaded of so many endpoints drawn by lot: of few that is nearly always the least loaded of all (of two, both
     * are among the draws but for one time in 32,768), and of many no caller sends everything to the newest. `leastconn` would
     * do, but as of HAProxy 3.2 a retry that goes past the least loaded server makes it forget that server for as long as each
     * other has something to do.
     */
    private static final int DRAWS = 16;

    /** Only the pod itself connects here: what it opened for later is kept as what it used before. */
    private static final String OPENED_AHEAD = "timeout http-request 1h";

    /** A call that found no endpoint may fail before its application has spoken: it is logged, too. */
    private static final String SILENT_TOO = "no option dontlognull";

    private final Sidecar sidecar;
    private final UpstreamState state;
    private final String defaults;

    UpstreamSection(Sidecar sidecar, UpstreamState state) {
        this.sidecar = sidecar;
        this.state = state;
        this.defaults = Sidecar.defaults(state.protocol());
    }

    @Override
    public void write(Lines out) {
        frontend(out);
        ServerLine.backends(state).forEach(name -> backend(out, name));
    }

    private void frontend(Lines out) {
        String backend = ServerLine.backend(state);
        out.section("frontend to_" + backend + " from " + defaults);
        for (String address : sidecar.loopback().values()) {
            out.line("bind " + address + ":" + state.upstream().localPort());
        }
        if (state.protocol().isHttpLike()) {
            out.line(OPENED_AHEAD);
            Misdirected.kept(out);
            sidecar.upgrades().judged(out);
            Misdirected.asked(out);
            sidecar.bounds().kept(out, backend);
            out.line("use_backend " + ServerLine.backendOnce(state) + " if " + ONCE);
        } else {
            out.line(SILENT_TOO);
        }
        out.line("default_backend " + backend);
    }

    private void backend(Lines out, String name) {
        out.section("backend " + name + " from " + defaults);
        out.line("balance random(" + DRAWS + ")");
        if (state.protocol().isHttpLike()) {
            Misdirected.retried(out, !name.equals(ServerLine.backendOnce(state)));
            ErrorAnswers.ofUpstream(out, sidecar.service().name(), state);
        }
        seed(out);
        String options = sidecar.servers().options(state);
        for (Endpoint endpoint : state.endpoints()) {
            out.line("server " + ServerLine.name(endpoint) + " " + ServerLine.address(endpoint) + " " + options);
        }
    }

    /**
     * Never used. A certificate can be given to servers at run time only when something in the file has loaded it, and an
     * upstream may start without an endpoint.
     */
    private void seed(Lines out) {
        out.line("server seed 127.0.0.1:1 " + sidecar.servers().tls(state) + " disabled");
    }
}
