package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.agent.snapshot.UpstreamState;

/** What the pod calls: a listener on loopback for each upstream, and its endpoints. */
final class UpstreamSection {
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
    private static final String OPENED_AHEAD = "  timeout http-request 1h\n";

    private final ServerLine servers;
    private final String service;
    private final PodAddresses pod;
    private final Upgrades upgrades;
    private final ConnectionBounds bounds;

    UpstreamSection(ServerLine servers, MeshSnapshot snapshot) {
        this.servers = servers;
        this.service = snapshot.service().name();
        this.pod = snapshot.pod();
        this.upgrades = new Upgrades(snapshot.service());
        this.bounds = new ConnectionBounds(snapshot);
    }

    void append(StringBuilder out, UpstreamState state) {
        String mode = state.protocol().isHttpLike() ? "http" : "tcp";
        int port = state.upstream().localPort();
        out.append("frontend to_")
                .append(ServerLine.backend(state))
                .append(" from ")
                .append(mode)
                .append('\n');
        out.append("  bind 127.0.0.1:").append(port).append('\n');
        if (pod.ipv6Loopback()) {
            out.append("  bind [::1]:").append(port).append('\n');
        }
        if (state.protocol().isHttpLike()) {
            out.append(OPENED_AHEAD);
            Misdirected.kept(out);
            upgrades.judged(out);
            Misdirected.asked(out);
            bounds.kept(out, ServerLine.backend(state));
            out.append("  use_backend ").append(ServerLine.backendOnce(state)).append(" if " + ONCE + "\n");
        }
        out.append("  default_backend ").append(ServerLine.backend(state)).append("\n\n");
        ServerLine.backends(state).forEach(backend -> backend(out, state, backend));
    }

    private void backend(StringBuilder out, UpstreamState state, String name) {
        boolean http = state.protocol().isHttpLike();
        out.append("backend ").append(name).append(" from ").append(http ? "http" : "tcp");
        out.append("\n  balance random(" + DRAWS + ")\n");
        if (http) {
            Misdirected.retried(out, !name.equals(ServerLine.backendOnce(state)));
            ErrorAnswers.ofUpstream(out, service, state);
        }
        seed(out, state);
        for (Endpoint endpoint : state.endpoints()) {
            out.append("  server ").append(ServerLine.name(endpoint));
            out.append(' ').append(ServerLine.address(endpoint));
            out.append(' ').append(servers.options(state)).append('\n');
        }
        out.append('\n');
    }

    /**
     * Never used. A certificate can be given to servers at run time only when something in the file has loaded it, and an
     * upstream may start without an endpoint.
     */
    private void seed(StringBuilder out, UpstreamState state) {
        out.append("  server seed 127.0.0.1:1 ").append(servers.tls(state)).append(" disabled\n");
    }
}
