package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.UpstreamState;
import java.util.Map;
import java.util.TreeMap;

/**
 * What HAProxy answers in its own name, in a line of plain text: who speaks, and whose fault it is. A status alone does not
 * tell a caller whether his own sidecar, the called one or the application is to be looked at.
 *
 * <p>A request's head that HAProxy cannot read at all is answered before any of this is looked at, with HAProxy's own page.
 */
final class ErrorAnswers {
    /** How HAProxy's own words for a stream's end, as in its log, read in an answer. */
    private static final String INVALID =
            "regsub(^PH\\$,'gave an answer that is not valid HTTP or has too large a head')";

    private static final String NONE = "regsub(^..\\$,'closed the connection without an answer')";

    private ErrorAnswers() {}

    /** In the defaults of every HTTP section: the cases in which it does not matter which side this sidecar is on. */
    static void defaults(Lines out, String service) {
        Map<Integer, String> texts = new TreeMap<>(Map.of(
                400, "the request is not valid HTTP",
                403, "refused",
                408, "the request did not come in time",
                413, "the request is too large",
                500, "an error of the sidecar itself",
                502, "no valid answer",
                503, "nothing that would answer can be reached",
                504, "no answer in time"));
        texts.forEach((status, text) -> answer(out, status, "the sidecar of " + service, text));
    }

    /** In the backend of the application. */
    static void ofApplication(Lines out, String service, int port) {
        String who = "the called sidecar, of " + service;
        answer(out, 502, who, "the application " + byTermination());
        answer(out, 503, who, "the application does not take connections on its port " + port);
        answer(out, 504, who, "the application has not answered in time");
    }

    /** In a backend of the upstream {@code state}. */
    static void ofUpstream(Lines out, String service, UpstreamState state) {
        String who = "the caller's sidecar, of " + service;
        String called = state.upstream().service();
        answer(out, 502, who, "the sidecar of " + called + " " + byTermination());
        String why = state.redirect()
                .map(to -> "a service-resolver in Consul redirects it to " + to + ", which HAmesh does not follow yet")
                .orElse("none is there, or their applications are gone");
        answer(out, 503, who, "no endpoint of " + called + " takes it: " + why);
        answer(out, 504, who, "no answer of " + called + " in time");
    }

    private static String byTermination() {
        return "%[txn.sess_term_state," + INVALID + "," + NONE + "]";
    }

    private static void answer(Lines out, int status, String who, String text) {
        out.line("http-error status " + status + " content-type text/plain lf-string \"hamesh: " + who + ": " + text
                + "\\n\"");
    }
}
