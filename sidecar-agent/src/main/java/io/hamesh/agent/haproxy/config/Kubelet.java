package io.hamesh.agent.haproxy.config;

import io.hamesh.model.ProbeSecret;
import java.util.Map;
import java.util.Optional;

/**
 * By what HAProxy knows the kubelet, whose address no pod can know: each of its HTTP questions shows the pod's secret, and the
 * address that showed it is taken for its for ten minutes. It may be shared (a bridge, a NodePort), so what does not show the
 * secret is bounded at that address, too.
 */
final class Kubelet {
    static final String TABLE = "kubelet";

    /** Which address has how many questions under way that show no secret. */
    static final String ASKED = "asked";

    /** How many gRPC probes' calls strangers have under way in all. */
    static final String CALLS = "calls";

    private static final int CALLS_IN_ALL = 100;

    static final String KNOWN = "{ src,in_table(" + TABLE + ") }";

    /** Questions without the secret that one address may have under way: a scraper's, the operator's. */
    private static final int UNDER_WAY = 20;

    private static final String SHOWN = "{ var(txn.kubelet) -m bool }";

    private final Optional<ProbeSecret> secret;

    Kubelet(Optional<ProbeSecret> secret) {
        this.secret = secret;
    }

    /** The first rules of the operations port's frontend. What shows no secret ends with its answer. */
    void recognise(Lines out) {
        secret.ifPresent(shown -> {
            out.line("http-request set-var(txn.kubelet) bool(true) if { req.hdr(" + ProbeSecret.HEADER + ") -m str "
                    + shown.value() + " }");
            out.line("http-request track-sc2 src table " + TABLE + " if " + SHOWN);
        });
        out.line("http-request track-sc3 src table " + ASKED + " if !" + SHOWN);
        out.line("http-request return status 429 hdr connection close if { sc_conn_cur(3) gt " + UNDER_WAY + " }");
        out.line("http-after-response set-header connection close if !" + SHOWN);
    }

    /** Before the probes and hooks of the application: to whoever does not show the secret there are none. */
    void alone(Lines out) {
        if (secret.isPresent()) {
            out.line("http-request return status 404 if !" + SHOWN);
        }
    }

    /**
     * The first rules in the frontend of a gRPC probe, which carries no secret. A connection carries a hundred calls, each
     * with a buffer of its own before it is whole, so it is they that are counted: an address's, and strangers' in all.
     */
    static void boundCalls(Lines out) {
        out.lines("""
                http-request track-sc3 src table <asked>
                http-request track-sc0 int(1) table <calls> if !<known>
                http-request return status 503 if { sc_conn_cur(3) gt <all> } || !<known> { sc_conn_cur(3) gt <one> } || { sc_conn_cur(0) gt <all> }
                """, Map.of("asked", ASKED, "calls", CALLS, "known", KNOWN, "one", UNDER_WAY, "all", CALLS_IN_ALL));
    }
}
