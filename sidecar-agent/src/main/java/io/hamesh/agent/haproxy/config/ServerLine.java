package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.UpstreamState;
import java.util.List;

/**
 * The servers of one upstream. A server added at run time and the same server in the file come from here both, so that a
 * restarted HAProxy is what it was.
 */
public final class ServerLine {
    private final Layout layout;
    private final Salt salt;

    public ServerLine(Layout layout, Salt salt) {
        this.layout = layout;
        this.salt = salt;
    }

    static String backend(UpstreamState state) {
        return state.upstream().service() + "_" + state.upstream().localPort();
    }

    /** For requests that must not be sent again once a byte of them may have been seen: what is retried, a backend says. */
    static String backendOnce(UpstreamState state) {
        return backend(state) + "_once";
    }

    /** Each has a server for each endpoint. */
    public static List<String> backends(UpstreamState state) {
        return state.protocol().isHttpLike() ? List.of(backend(state), backendOnce(state)) : List.of(backend(state));
    }

    /** The same for the same endpoint always: servers are found again by it. */
    public static String name(Endpoint endpoint) {
        return endpoint.address().replace(':', '-') + "_" + endpoint.port();
    }

    public static String address(Endpoint endpoint) {
        boolean ipv6 = endpoint.address().indexOf(':') >= 0;
        return (ipv6 ? "[" + endpoint.address() + "]" : endpoint.address()) + ":" + endpoint.port();
    }

    /** Everything after the address. */
    public String options(UpstreamState state) {
        return tls(state) + " " + PASSIVE_EJECTION;
    }

    /**
     * Who the server must be, checked inside the handshake. Never `sni` here: it would replace `verifyhost` as the name to
     * match. How long a session is resumed, without being checked again, says {@code tls_sessions.c}.
     */
    String tls(UpstreamState state) {
        String alpn =
                switch (state.protocol()) {
                    case TCP -> "";
                    case HTTP -> " alpn http/1.1";
                    case HTTP2, GRPC -> " proto h2 alpn h2";
                };
        return "ssl verify required ca-file " + layout.file(Layout.ROOTS) + " crt " + layout.file(Layout.LEAF)
                + " verifyhost " + salt.nameOf(state.identity()) + alpn;
    }

    /**
     * Consul is the truth about health, so nothing is checked while it works. An endpoint whose connections fail in a row
     * is left out, and tried once a second until it takes one again, TLS and all: a sidecar whose application is gone
     * still takes TCP connections. `observe` needs `check`; an hour is as good as never.
     *
     * <p>`check-proto none` because a check is a handshake and nothing more, and because of a fault of HAProxy 3.2.26: with
     * `alpn` it chooses a check's protocol after the handshake, then counts the connection among those that its session
     * keeps, and dies of `del server` until the check has ended.
     */
    private static final String PASSIVE_EJECTION =
            "check check-ssl check-proto none inter 1h fastinter 1s downinter 1s fall 1 rise 1 observe layer4 error-limit 5 on-error mark-down";
}
