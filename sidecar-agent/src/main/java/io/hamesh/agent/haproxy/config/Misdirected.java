package io.hamesh.agent.haproxy.config;

import java.util.Map;

/**
 * What a sidecar answers, over HTTP, for an application that is gone: 421, by which RFC 9110 lets a client repeat any method
 * elsewhere. It says that no byte of the request reached the application, or that its method may be repeated anyway; the
 * caller's HAProxy does so, and turns what no endpoint wanted into a 503.
 *
 * <p>Only a sidecar can say it: an application's own 421, which it may send after it did what was asked, travels under
 * another status and is put back by the caller's sidecar.
 */
final class Misdirected {
    private static final int STATUS = 421;

    /** What an application's own 421 is on its way; other proxies of the mesh take an unknown 4xx for a 400 as well. */
    private static final int DISGUISE = 400;

    private static final String DISGUISED = "x-hamesh-status";

    /** Bytes of a body: what may be repeated is kept until its stream ends, so only what is small is waited for. */
    private static final int LARGEST_KEPT = 14_000;

    /** Longer than a caller's delayed acknowledgement (40 ms), and short for who waits for an answer to a head alone. */
    private static final int BODY_WAIT_MS = 200;

    private Misdirected() {}

    /**
     * In the application's backend, for callers that came by {@code frontend}. A 503 of our own is a failed connection. A 502
     * of our own is an answer that never began, and may be asked for elsewhere where the method allows; one that began and was
     * not valid HTTP (HAProxy's termination state PH) is the application's own doing, and no other try makes it better.
     */
    static void answeredBySidecar(Lines out, String frontend) {
        out.lines(
                """
                http-response set-var(txn.answered) bool(true)
                http-response set-header <disguised> <misdirected> if { fe_name <frontend> } { status <misdirected> }
                http-response set-status <disguise> if { fe_name <frontend> } { status <misdirected> }
                http-after-response set-status <misdirected> if { fe_name <frontend> } { status 503 } !{ var(txn.answered) -m found }
                http-after-response set-header <disguised> 502 if { fe_name <frontend> } { status 502 } !{ var(txn.answered) -m found } !{ txn.sess_term_state PH } <repeatable>
                http-after-response set-status <misdirected> if { fe_name <frontend> } { res.hdr(<disguised>) -m str 502 }
                http-after-response set-header connection close if { fe_name <frontend> } { status <misdirected> }
                """,
                Map.of(
                        "misdirected", STATUS,
                        "disguise", DISGUISE,
                        "disguised", DISGUISED,
                        "frontend", frontend,
                        "repeatable", UpstreamSection.REPEATABLE));
    }

    /**
     * In a caller's frontend. HAProxy repeats only what it had whole when it sent it first, so it waits a moment for a short
     * body, which is on its way; what is long or of unknown length, streams above all, goes out at once. So does what comes
     * later than that, or only after the application's 100: it is not repeated. `wait-for-body` would say 408 and 100 of its
     * own; here a body that is not whole merely makes the last condition wait.
     */
    static void kept(Lines out) {
        out.lines("""
                tcp-request inspect-delay <wait>ms
                tcp-request content accept if !{ req.hdr_val(content-length) 1:<largest> }
                tcp-request content accept if { req.hdr(expect) -m found }
                tcp-request content accept if { req.body,length gt <largest> }
                """, Map.of("wait", BODY_WAIT_MS, "largest", LARGEST_KEPT));
    }

    /**
     * In a caller's frontend. What no endpoint took is a 503, and an answer that no endpoint gave a 502: the called sidecar
     * says in words what it was.
     */
    static void asked(Lines out) {
        out.lines("""
                http-response set-status 502 if { status <misdirected> } { res.hdr(<disguised>) -m str 502 }
                http-response set-status 503 if { status <misdirected> }
                http-response set-status <misdirected> if { status <disguise> } { res.hdr(<disguised>) -m str <misdirected> }
                http-response del-header <disguised>
                """, Map.of("misdirected", STATUS, "disguise", DISGUISE, "disguised", DISGUISED));
    }

    /** In a caller's backend. */
    static void retried(Lines out, boolean repeatable) {
        out.line("retry-on conn-failure " + (repeatable ? "empty-response " : "") + STATUS);
    }
}
