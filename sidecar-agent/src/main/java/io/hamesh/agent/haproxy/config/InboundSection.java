package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.model.Protocol;

/** What comes into the pod: mTLS, the caller's identity, its verdict. */
public final class InboundSection {
    /** The frontend, and the stick table in it that says whose each open stream is. */
    public static final String FRONTEND = "inbound";

    public static final String UNSECURED = "unsecured";

    private final Layout layout;
    private final MeshSnapshot snapshot;
    private final AppSection app;
    private final ConnectionBounds bounds;
    private final boolean http;

    InboundSection(Layout layout, MeshSnapshot snapshot) {
        this.layout = layout;
        this.snapshot = snapshot;
        this.app = new AppSection(snapshot);
        this.bounds = new ConnectionBounds(snapshot);
        this.http = snapshot.service().protocol().isHttpLike();
    }

    void appendTo(StringBuilder out) {
        snapshot.service().port().ifPresent(port -> {
            mesh(out);
            snapshot.service().unsecuredPort().ifPresent(unsecured -> unsecured(out, unsecured));
            app.append(out, port);
        });
    }

    private void mesh(StringBuilder out) {
        out.append("frontend " + FRONTEND + " from ").append(mode()).append('\n');
        HaproxyConfig.bindAll(out, snapshot, layout.inboundPort(), tls());
        app.refuseWhileGone(out);
        bounds.mesh(out);
        out.append("  stick-table type string len 320 size 16k expire 1m\n");
        if (http) {
            ConnectionBounds.afterHttpDenial(out);
            httpRules(out);
        } else {
            tcpRules(out);
        }
        out.append("  default_backend app\n\n");
    }

    private String tls() {
        String alpn =
                switch (snapshot.service().protocol()) {
                    case TCP -> "";
                    case HTTP -> " alpn http/1.1";
                    case HTTP2, GRPC -> " alpn h2";
                };
        return " ssl crt " + layout.file(Layout.LEAF) + " ca-file " + layout.file(Layout.ROOTS) + " verify required"
                + alpn;
    }

    /**
     * The stream is tracked before it is judged, in one go: whoever passed under an old policy is in the table by the time
     * a new one is committed, and is found there (see {@code DeniedStreams}).
     */
    private void tcpRules(StringBuilder out) {
        out.append("""
                  tcp-request content set-var(sess.id) lua.spiffe_id
                  tcp-request content set-var(sess.source) var(sess.id),field(9,/) if { var(sess.id) -m reg %1$s }
                  tcp-request content set-var(txn.denied) str(identity) if !{ var(sess.source) -m found }
                  tcp-request content reject if !{ var(sess.source) -m found }
                  tcp-request content set-var-fmt(sess.stream) "%%[src]:%%[src_port]|%%[var(sess.source)]"
                  tcp-request content track-sc0 var(sess.stream)
                  tcp-request content set-var(txn.denied) str(untracked) if !{ sc0_tracked }
                  tcp-request content reject if !{ sc0_tracked }
                  tcp-request content set-var(txn.verdict) var(sess.source),map_str(%2$s)
                  tcp-request content set-var(txn.verdict) str(*),map_str(%2$s) if !{ var(txn.verdict) -m found }
                  tcp-request content set-var(txn.denied) str(intention) if !{ var(txn.verdict) -m str allow }
                """.formatted(ours(), layout.file(Layout.INTENTIONS)));
        ConnectionBounds.beforeTcpDenial(out);
        out.append("  tcp-request content reject if !{ var(txn.verdict) -m str allow }\n");
    }

    /**
     * A kept-alive connection outlives the certificate it was opened with. In its last ten minutes each response closes the
     * connection, so that a caller who renewed comes back with the new one and loses nothing; after its end it is refused.
     */
    private void httpRules(StringBuilder out) {
        out.append("""
                  http-request set-var(sess.id) lua.spiffe_id if !{ var(sess.id) -m found }
                  http-request set-var(sess.source) var(sess.id),field(9,/) if !{ var(sess.source) -m found } { var(sess.id) -m reg %1$s }
                  http-request set-var(txn.denied) str(identity) if !{ var(sess.source) -m found }
                  http-request deny deny_status 403 hdr x-hamesh-denied identity if !{ var(sess.source) -m found }
                  http-request set-var(sess.end) ssl_c_notafter,bytes(0,12) if !{ var(sess.end) -m found }
                  http-request set-var(txn.renew) bool(true) if { date(600),utime(%%y%%m%%d%%H%%M%%S),sub(sess.end) gt 0 }
                  http-request set-var(txn.denied) str(expired) if { date,utime(%%y%%m%%d%%H%%M%%S),sub(sess.end) gt 0 }
                  http-request deny deny_status 403 hdr x-hamesh-denied expired if { var(txn.denied) -m str expired }
                  http-after-response set-header connection close if { var(txn.renew) -m bool }
                  http-request set-var-fmt(sess.stream) "%%[src]:%%[src_port]|%%[var(sess.source)]" if !{ var(sess.stream) -m found }
                  http-request track-sc0 var(sess.stream)
                  http-request deny deny_status 503 hdr x-hamesh-denied untracked if !{ sc0_tracked }
                  http-request set-var(txn.verdict) var(sess.source),map_str(%2$s)
                  http-request set-var(txn.verdict) str(*),map_str(%2$s) if !{ var(txn.verdict) -m found }
                  http-request set-var(txn.denied) str(intention) if !{ var(txn.verdict) -m str allow }
                  http-request deny deny_status 403 hdr x-hamesh-denied intention if !{ var(txn.verdict) -m str allow }
                """.formatted(ours(), layout.file(Layout.INTENTIONS)));
        new Upgrades(snapshot.service()).judged(out);
        CallerHeaders.forgedTakenOff(out);
        out.append("""
                  http-request set-var(sess.hash) ssl_c_der,sha2(256),hex,lower if !{ var(sess.hash) -m found }
                  http-request set-header X-Forwarded-Client-Cert "By=%s;Hash=%%[var(sess.hash)];URI=%%[var(sess.id)]"
                """.formatted(snapshot.leaf().identity().uri()));
        bounds.meshTransfers(out);
        askedOnce(out);
    }

    /**
     * Whole ids of our own trust domain, and of the former while pods move from it, any datacenter. Brackets, not a
     * backslash: nothing here needs escaping twice.
     */
    private String ours() {
        String own = snapshot.trustDomains().own();
        String domains = snapshot.trustDomains()
                .former()
                .map(former -> "(" + own + "|" + former + ")")
                .orElse(own);
        return "^spiffe://" + domains.replace(".", "[.]") + "/ns/default/dc/[A-Za-z0-9._-]+/svc/[A-Za-z0-9._-]{1,255}$";
    }

    /** Plain, without any identity: on the pod's own addresses. */
    private void unsecured(StringBuilder out, int port) {
        out.append("frontend " + UNSECURED + " from ").append(mode()).append('\n');
        for (String ip : snapshot.pod().ips()) {
            String host = ip.indexOf(':') < 0 ? ip : "[" + ip + "]";
            out.append("  bind ").append(host).append(':').append(port).append('\n');
        }
        bounds.unsecured(out);
        if (http) {
            ConnectionBounds.afterHttpDenial(out);
            new Upgrades(snapshot.service()).judged(out);
            CallerHeaders.forgedTakenOff(out);
            bounds.unsecuredTransfers(out);
            onlyRepeatable(out);
        }
        out.append("  default_backend app\n\n");
    }

    /** Repeating is the caller's sidecar's alone: two sidecars with four tries each would ask an application 16 times. */
    private static void askedOnce(StringBuilder out) {
        out.append("  http-request disable-l7-retry\n");
    }

    /** What a lost response may have done already must not be done again. */
    private static void onlyRepeatable(StringBuilder out) {
        out.append("  http-request disable-l7-retry if ")
                .append(UpstreamSection.ONCE)
                .append('\n');
    }

    private String mode() {
        return snapshot.service().protocol() == Protocol.TCP ? "tcp" : "http";
    }
}
