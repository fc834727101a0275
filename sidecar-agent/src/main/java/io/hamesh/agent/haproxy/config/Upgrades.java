package io.hamesh.agent.haproxy.config;

import io.hamesh.model.ServiceSettings;
import io.hamesh.model.UpgradeToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What makes HAProxy carry bytes without looking at them: CONNECT, and a change of protocol. An application that takes CONNECT
 * for a request like any other reads on, and what comes in such a tunnel names any caller. So CONNECT is refused, and a
 * connection changes to WebSocket or to what the pod asks for, and to nothing else.
 */
final class Upgrades {
    private static final String ASKED = "{ var(txn.upgrade) -m found }";

    private final List<String> tokens = new ArrayList<>();

    Upgrades(ServiceSettings service) {
        tokens.add(UpgradeToken.WEBSOCKET);
        service.upgrades().stream()
                .filter(token -> !token.equalsIgnoreCase(UpgradeToken.WEBSOCKET))
                .forEach(tokens::add);
    }

    /** In a frontend, once the caller may call. */
    void judged(Lines out) {
        out.line("http-request set-var(txn.denied) str(connect) if { method CONNECT }");
        tokens.forEach(token -> asked(out, token));
        // Over HTTP/2 an upgrade is an extended CONNECT (RFC 8441) of one token, which HAProxy shows as a GET with
        // `upgrade`.
        out.lines("""
                http-request set-var(txn.denied) str(connect) if { req.ver 2.0 } { req.fhdr_cnt(upgrade) gt 0 } !{ req.fhdr(upgrade) -i -m str <tokens> }
                http-request deny deny_status 403 hdr x-hamesh-denied connect if { var(txn.denied) -m str connect }
                http-request del-header upgrade if !<asked>
                http-request set-header Upgrade %[var(txn.upgrade)] if <asked> { req.hdr_cnt(upgrade) gt 1 }
                """, Map.of("tokens", String.join(" ", tokens), "asked", ASKED));
        hopByHop(out);
    }

    private static void asked(Lines out, String token) {
        out.lines("""
                http-request set-var(txn.upgrade) str(<token>) if !<asked> { req.hdr(connection) -i -m str upgrade } { req.hdr(upgrade) -i -m str <token> }
                """, Map.of("token", token, "asked", ASKED));
    }

    /**
     * `Connection` names headers that a recipient takes off, also those that we write. It is each hop's own, and HAProxy says
     * `close` by itself. A 101 that nobody asked for would be believed all the same: HAProxy has seen the request as it came.
     */
    private static void hopByHop(Lines out) {
        out.lines("""
                http-request del-header connection
                http-request del-header http2-settings
                http-request set-header Connection Upgrade if <asked>
                http-response deny deny_status 502 if { status 101 } !<asked>
                """, Map.of("asked", ASKED));
    }

    /** In a backend to which no upgrade leads: whoever asked for one had it taken off. */
    static void none(Lines out) {
        out.line("http-response deny deny_status 502 if { status 101 }");
    }
}
