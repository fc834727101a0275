package io.hamesh.agent.haproxy;

import io.hamesh.model.ProbeSecret;
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

    static final String KNOWN = "{ src,in_table(" + TABLE + ") }";

    /** Questions without the secret that one address may have under way: a scraper's, the operator's. */
    private static final int UNDER_WAY = 20;

    private static final String SHOWN = "{ var(txn.kubelet) -m bool }";

    private final Optional<ProbeSecret> secret;

    Kubelet(Optional<ProbeSecret> secret) {
        this.secret = secret;
    }

    /** The first rules of the operations port's frontend. What shows no secret ends with its answer. */
    void recognise(StringBuilder out) {
        secret.ifPresent(shown -> out.append("""
                  http-request set-var(txn.kubelet) bool(true) if { req.hdr(%1$s) -m str %2$s }
                  http-request track-sc2 src table %3$s if %4$s
                """.formatted(ProbeSecret.HEADER, shown.value(), TABLE, SHOWN)));
        out.append("""
                  http-request track-sc3 src table %3$s if !%1$s
                  http-request return status 429 hdr connection close if { sc_conn_cur(3) gt %2$d }
                  http-after-response set-header connection close if !%1$s
                """.formatted(SHOWN, UNDER_WAY, ASKED));
    }

    /** Before the probes and hooks of the application: to whoever does not show the secret there are none. */
    void alone(StringBuilder out) {
        if (secret.isPresent()) {
            out.append("  http-request return status 404 if !").append(SHOWN).append('\n');
        }
    }

    /** In the frontend of a gRPC probe, which carries no secret: strangers cannot have more of them under way than that. */
    static void boundStrangers(StringBuilder out, String backend) {
        out.append("  http-request return status 503 if !" + KNOWN + " { be_conn(")
                .append(backend)
                .append(") gt " + UNDER_WAY + " }\n");
    }
}
