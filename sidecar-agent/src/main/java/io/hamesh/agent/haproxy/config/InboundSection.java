package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.TrustDomains;
import java.util.Map;

/** What comes into the pod: mTLS, the caller's identity, its verdict. */
public final class InboundSection implements Section {
    /** The frontend, and the stick table in it that says whose each open stream is. */
    public static final String FRONTEND = "inbound";

    /** Where {@code sess.end} is the end of the caller's certificate. False where that is not known. */
    private static final String NOT_EXPIRED = "date,utime(%y%m%d%H%M%S),sub(sess.end) le 0";

    private final Sidecar sidecar;
    private final ConnectionBounds bounds;

    InboundSection(Sidecar sidecar) {
        this.sidecar = sidecar;
        this.bounds = sidecar.bounds();
    }

    @Override
    public void write(Lines out) {
        out.section("frontend " + FRONTEND + " from "
                + Sidecar.defaults(sidecar.service().protocol()));
        sidecar.bindAll(out, sidecar.layout().inboundPort(), tls());
        AppSection.refuseWhileGone(out, sidecar);
        bounds.mesh(out);
        out.line("stick-table type string len 320 size 16k expire 1m");
        if (sidecar.http()) {
            httpRules(out);
        } else {
            tcpRules(out);
        }
        out.line("default_backend " + AppSection.BACKEND);
    }

    private String tls() {
        String alpn =
                switch (sidecar.service().protocol()) {
                    case TCP -> "";
                    case HTTP -> " alpn http/1.1";
                    case HTTP2, GRPC -> " alpn h2";
                };
        Layout layout = sidecar.layout();
        return " ssl crt " + layout.file(Layout.LEAF) + " ca-file " + layout.file(Layout.ROOTS) + " verify required"
                + alpn;
    }

    /**
     * The stream is tracked before it is judged, in one go: whoever passed under an old policy is in the table by the time
     * a new one is committed, and is found there (see {@code DeniedStreams}). A certificate may have ended although the
     * handshake succeeded: a resumed one does not look at it.
     */
    private void tcpRules(Lines out) {
        Map<String, ?> rules = rules();
        out.lines("""
                tcp-request content set-var(sess.id) lua.spiffe_id
                tcp-request content set-var(sess.source) var(sess.id),field(9,/) if { var(sess.id) -m reg <ours> }
                tcp-request content set-var(txn.denied) str(identity) if !{ var(sess.source) -m found }
                """, rules);
        ConnectionBounds.beforeTcpDenial(out);
        out.lines("""
                tcp-request content reject if !{ var(sess.source) -m found }
                tcp-request content set-var-fmt(sess.stream) "%[src]:%[src_port]|%[var(sess.source)]"
                tcp-request content track-sc0 var(sess.stream)
                tcp-request content set-var(txn.denied) str(untracked) if !{ sc0_tracked }
                """);
        ConnectionBounds.beforeTcpDenial(out);
        out.lines("""
                tcp-request content reject if !{ sc0_tracked }
                tcp-request content set-var(txn.verdict) var(sess.source),map_str(<intentions>)
                tcp-request content set-var(txn.verdict) str(*),map_str(<intentions>) if !{ var(txn.verdict) -m found }
                tcp-request content set-var(txn.denied) str(intention) if !{ var(txn.verdict) -m str allow }
                tcp-request content set-var(sess.end) ssl_c_notafter,bytes(0,12)
                tcp-request content set-var(txn.denied) str(expired) if !{ <not-expired> }
                """, rules);
        ConnectionBounds.beforeTcpDenial(out);
        out.lines("""
                tcp-request content reject if !{ <not-expired> }
                tcp-request content reject if !{ var(txn.verdict) -m str allow }
                """, rules);
    }

    /**
     * A kept-alive connection outlives the certificate it was opened with. In its last ten minutes each response closes the
     * connection, so that a caller who renewed comes back with the new one and loses nothing; after its end it is refused.
     */
    private void httpRules(Lines out) {
        ConnectionBounds.afterHttpDenial(out);
        out.lines("""
                http-request set-var(sess.id) lua.spiffe_id if !{ var(sess.id) -m found }
                http-request set-var(sess.source) var(sess.id),field(9,/) if !{ var(sess.source) -m found } { var(sess.id) -m reg <ours> }
                http-request set-var(txn.denied) str(identity) if !{ var(sess.source) -m found }
                http-request deny deny_status 403 hdr x-hamesh-denied identity if !{ var(sess.source) -m found }
                http-request set-var(sess.end) ssl_c_notafter,bytes(0,12) if !{ var(sess.end) -m found }
                http-request set-var(txn.renew) bool(true) if { date(600),utime(%y%m%d%H%M%S),sub(sess.end) gt 0 }
                http-request set-var(txn.denied) str(expired) if !{ <not-expired> }
                http-request deny deny_status 403 hdr x-hamesh-denied expired if { var(txn.denied) -m str expired }
                http-after-response set-header connection close if { var(txn.renew) -m bool }
                http-request set-var-fmt(sess.stream) "%[src]:%[src_port]|%[var(sess.source)]" if !{ var(sess.stream) -m found }
                http-request track-sc0 var(sess.stream)
                http-request deny deny_status 503 hdr x-hamesh-denied untracked if !{ sc0_tracked }
                http-request set-var(txn.verdict) var(sess.source),map_str(<intentions>)
                http-request set-var(txn.verdict) str(*),map_str(<intentions>) if !{ var(txn.verdict) -m found }
                http-request set-var(txn.denied) str(intention) if !{ var(txn.verdict) -m str allow }
                http-request deny deny_status 403 hdr x-hamesh-denied intention if !{ var(txn.verdict) -m str allow }
                """, rules());
        sidecar.upgrades().judged(out);
        CallerHeaders.forgedTakenOff(out);
        out.lines("""
                http-request set-var(sess.hash) ssl_c_der,sha2(256),hex,lower if !{ var(sess.hash) -m found }
                http-request set-header X-Forwarded-Client-Cert "By=<own-id>;Hash=%[var(sess.hash)];URI=%[var(sess.id)]"
                """, Map.of("own-id", sidecar.snapshot().leaf().identity().uri()));
        bounds.meshTransfers(out);
        askedOnce(out);
    }

    private Map<String, ?> rules() {
        return Map.of(
                "ours", ours(), "intentions", sidecar.layout().file(Layout.INTENTIONS), "not-expired", NOT_EXPIRED);
    }

    /**
     * Whole ids of our own trust domain, and of the former while pods move from it, any datacenter. Brackets, not a
     * backslash: nothing here needs escaping twice.
     */
    private String ours() {
        TrustDomains trusted = sidecar.snapshot().trustDomains();
        String domains = trusted.former()
                .map(former -> "(" + trusted.own() + "|" + former + ")")
                .orElse(trusted.own());
        return "^spiffe://" + domains.replace(".", "[.]") + "/ns/default/dc/[A-Za-z0-9._-]+/svc/[A-Za-z0-9._-]{1,255}$";
    }

    /** Repeating is the caller's sidecar's alone: two sidecars with four tries each would ask an application 16 times. */
    private static void askedOnce(Lines out) {
        out.line("http-request disable-l7-retry");
    }
}
