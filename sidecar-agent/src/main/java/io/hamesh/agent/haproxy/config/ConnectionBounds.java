package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.haproxy.config.LargeTransfers.Counted;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How many connections the pod's ports may hold, and one address of them: whoever opens all that he gets takes nothing from
 * other callers, and many of them nothing from the kubelet or from the pod's own upstreams. Connections beyond are refused
 * before anything is read from them.
 */
public final class ConnectionBounds {
    /** How many connections and requests this worker refused because of its bounds. */
    public static final String REFUSED = "proc.refused";

    /** What the workers that reloads left behind still hold; 0 in a worker that was not told. */
    public static final String LEFT_BEHIND = "proc.left";

    /**
     * Each port's own that the kubelet asks, on top of what the mesh has: 500 new ones a second, each silent for a second, fit.
     */
    private static final int OF_KUBELETS_PORT = 800;

    /** Of those, what addresses hold that are not known for the kubelet's: the rest is for its. */
    private static final int OF_STRANGERS = OF_KUBELETS_PORT - 100;

    /** What one such address may hold. */
    private static final int OF_STRANGER = 100;

    /** Which address holds how many on ports that the network reaches, and what it was refused for. */
    static final String SOURCES = "sources";

    /** Which address holds how many on ports that the kubelet asks. */
    static final String ASKERS = "askers";

    /** The addresses whose handshakes succeeded. */
    static final String CALLERS = "callers";

    /** Requests over HTTP/2, of which one connection may carry a hundred. */
    static final String STREAMS = "streams";

    /** The bytes of a buffer where something speaks HTTP: a head of 60 KB and what is added to it. */
    private static final int HTTP_BUFFER = 65_536;

    /** HAProxy's own, for where nothing does: a TCP connection whose two sides both read nothing fills two of them. */
    private static final int TCP_BUFFER = 16_384;

    /** What the kernel keeps unsent. */
    private static final int UNSENT = 65_536;

    /** Buffers that HAProxy keeps for its next requests: its own bound, half a megabyte, is eight of the large ones. */
    private static final int KEPT_BUFFERS = 32;

    private static final int LEAST_KEPT = 20;

    private static final String COUNTED = "tcp-request connection track-sc1 src table ";

    private final MeshSnapshot snapshot;
    private final int all;
    private final int fromOutside;
    private final int perSource;
    private final LargeTransfers transfers;

    ConnectionBounds(MeshSnapshot snapshot) {
        this.snapshot = snapshot;
        this.all = snapshot.service().proxy().maxConnections();
        this.fromOutside = all - all / 12;
        this.perSource = all - all / 6;
        this.transfers = new LargeTransfers(snapshot.service().protocol());
    }

    /** The process's own bound, and its memory's. */
    void global(Lines out) {
        int buffer = speaksHttp() ? HTTP_BUFFER : TCP_BUFFER;
        long probes = snapshot.service().probes().stream()
                .filter(probe -> probe.target() instanceof Grpc)
                .count();
        out.lines(
                """
                maxconn <connections>
                # <why-so-large>; taken only while something is in them
                tune.bufsize <buffer>
                tune.memory.hot-size <kept>
                tune.h2.max-frame-size 16384
                # an HTTP/2 connection that mostly errs, or opens streams to reset them, is closed
                tune.h2.fe.glitches-threshold 1000
                tune.h2.fe.max-rst-at-once 10
                tune.stick-counters 6
                # of what a reader leaves unread, the kernel keeps that much and not megabytes
                tune.notsent-lowat.client <unsent>
                tune.notsent-lowat.server <unsent>
                set-var <refused> int(0)
                set-var <left-behind> int(0)
                """,
                Map.of(
                        "kept",
                        KEPT_BUFFERS * buffer,
                        "connections",
                        all + OF_KUBELETS_PORT * (1 + probes),
                        "why-so-large",
                        speaksHttp() ? "heads of 60 KB" : "nothing speaks HTTP",
                        "buffer",
                        buffer,
                        "unsent",
                        UNSENT,
                        "refused",
                        REFUSED,
                        "left-behind",
                        LEFT_BEHIND));
    }

    private boolean speaksHttp() {
        return snapshot.service().protocol().isHttpLike()
                || snapshot.upstreams().stream()
                        .anyMatch(upstream -> upstream.protocol().isHttpLike());
    }

    /**
     * In the mesh port's frontend. Who has not finished a handshake is known by nothing but its address: what it left
     * unfinished or failed within ten seconds is bounded, and with it the lines that are logged about it.
     */
    void mesh(Lines out) {
        withoutPreface(out);
        out.line("timeout client-hs 5s");
        sources(out, perSource / weight(InboundSection.FRONTEND));
        out.line("tcp-request connection sc-inc-gpc0(1)");
        out.line("tcp-request connection set-var(sess.finished) src,table_conn_rate(" + CALLERS + ")");
        refuse(out, "{ sc1_gpc0_rate,sub(sess.finished) gt " + all / 3 + " }");
        shared(out, InboundSection.FRONTEND, UnsecuredSection.FRONTEND);
        out.line("tcp-request session track-sc2 src table " + CALLERS);
        streams(out, perSource);
    }

    /** HTTP/2 by its first bytes would bring streams that nothing counts, whatever the TLS handshake settled. */
    private void withoutPreface(Lines out) {
        if (snapshot.service().protocol() == Protocol.HTTP) {
            out.line("option disable-h2-upgrade");
        }
    }

    /** In the unsecured port's. All strangers together leave callers of the mesh some. */
    void unsecured(Lines out) {
        withoutPreface(out);
        int share = snapshot.service().proxy().sharePerSource();
        sources(out, share);
        String held = weighed(UnsecuredSection.FRONTEND) + added(LEFT_BEHIND) + ofTransfers();
        refuse(out, "{ " + held + " gt " + 2 * strangers() + " }");
        shared(out, UnsecuredSection.FRONTEND, InboundSection.FRONTEND);
        if (snapshot.service().protocol().isHttpLike()) {
            kept(out, AppSection.BACKEND);
        }
        streams(out, share);
    }

    /** Whose connection it is, and no more than {@code share} of one. */
    private void sources(Lines out, int share) {
        out.line(COUNTED + SOURCES);
        if (snapshot.service().protocol().isHttpLike()) {
            transfers.counted(out);
            refuse(out, "{ sc1_conn_cur" + added(LargeTransfers.OF_SOURCE) + " gt " + share + " }");
        } else {
            refuse(out, "{ sc1_conn_cur gt " + share + " }");
        }
    }

    private String ofTransfers() {
        return snapshot.service().protocol().isHttpLike() ? added(LargeTransfers.OF_ALL) : "";
    }

    private static String added(String variable) {
        return ",add(" + variable + ")";
    }

    /**
     * Both ports share what is not the upstreams', with the workers that reloads left behind. Beyond it a connection is
     * refused, so that its caller turns to another endpoint: `maxconn` alone would let it wait.
     */
    private void shared(Lines out, String frontend, String other) {
        if (hasBothPorts()) {
            out.line("tcp-request connection set-var(sess.elsewhere) " + weighed(other));
        }
        String elsewhere = added(LEFT_BEHIND) + (hasBothPorts() ? added("sess.elsewhere") : "");
        refuse(out, "{ " + weighed(frontend) + elsewhere + ofTransfers() + " gt " + fromOutside + " }");
    }

    private boolean hasBothPorts() {
        return snapshot.service().unsecuredPort().isPresent();
    }

    /** All of them together. */
    private int strangers() {
        return Math.max(snapshot.service().proxy().sharePerSource(), all * 5 / 12);
    }

    private String weighed(String frontend) {
        int weight = weight(frontend);
        return "fe_conn(" + frontend + ")" + (weight == 1 ? "" : ",mul(" + weight + ")");
    }

    /**
     * Connections of the unsecured port count twice, because nothing is known of who opens them. So do those over TCP where
     * buffers are large because of an upstream: with TLS, one whose reader stands still takes 133 kB then.
     */
    private int weight(String frontend) {
        boolean twice = frontend.equals(UnsecuredSection.FRONTEND)
                || (snapshot.service().protocol() == Protocol.TCP && speaksHttp());
        return twice ? 2 : 1;
    }

    /** Counts what it refuses: HAProxy's own counters also have what is refused while the application is gone. */
    private static void refuse(Lines out, String condition) {
        Lines beyond = out.when(condition);
        beyond.line("tcp-request connection set-var(" + REFUSED + ") var(" + REFUSED + "),add(1)");
        beyond.line("tcp-request connection reject");
    }

    /**
     * Counts and refuses a request that was found to be too many, {@code txn.denied} being {@code full}.
     *
     * @param rules {@code http-request} or {@code http-response}
     */
    static void full(Lines out, String rules) {
        Lines full = out.when("{ var(txn.denied) -m str full }");
        full.line(rules + " set-var(" + REFUSED + ") var(" + REFUSED + "),add(1)");
        full.line(rules + " deny deny_status 503 hdr x-hamesh-denied full");
    }

    /** Requests. Over HTTP/2 a connection is no measure: what it carries counts like connections. */
    private void streams(Lines out, int share) {
        if (snapshot.service().protocol().isHttp2Only()) {
            out.lines("""
                    http-request track-sc3 src table <streams>
                    http-request set-var(txn.denied) str(full) if { sc_conn_cur(3) gt <share> } || { be_conn(<app>) gt <all> }
                    """, Map.of("streams", STREAMS, "share", share, "app", AppSection.BACKEND, "all", fromOutside));
            full(out, "http-request");
        }
    }

    /** Large requests and answers in the mesh port's frontend, after who calls was judged. */
    void meshTransfers(Lines out) {
        List<Counted> others = new ArrayList<>();
        others.add(new Counted(underWay(InboundSection.FRONTEND) + added(LEFT_BEHIND), fromOutside));
        if (hasBothPorts()) {
            others.add(new Counted(weighed(UnsecuredSection.FRONTEND), fromOutside));
        }
        transfers.judged(out, others, ofSource(), perSource);
    }

    /** In the unsecured port's. */
    void unsecuredTransfers(Lines out) {
        List<Counted> others = List.of(
                new Counted(underWay(UnsecuredSection.FRONTEND) + added(LEFT_BEHIND), 2 * strangers()),
                new Counted(weighed(InboundSection.FRONTEND), fromOutside));
        transfers.judged(out, others, ofSource(), snapshot.service().proxy().sharePerSource());
    }

    /** Over HTTP/2 it is streams that count, of both ports together. */
    private String underWay(String frontend) {
        return snapshot.service().protocol().isHttp2Only() ? "be_conn(" + AppSection.BACKEND + ")" : weighed(frontend);
    }

    private String ofSource() {
        return snapshot.service().protocol().isHttp2Only() ? "sc_conn_cur(3)" : "sc_conn_cur(1)";
    }

    /**
     * What may be repeated is kept in a buffer of its own until its stream ends, event streams included. So event streams
     * are not repeated, nor what comes while very many requests are under way.
     */
    void kept(Lines out, String backend) {
        int most =
                Math.max(LEAST_KEPT, all / 4 / Math.max(1, snapshot.upstreams().size()));
        out.line("http-request disable-l7-retry if { req.hdr(accept) -m sub text/event-stream } || { be_conn(" + backend
                + ") gt " + most + " }");
    }

    /** After a denial nothing stays open over HTTP/1.1, and one source gets ten lines a second in the log. */
    static void afterHttpDenial(Lines out) {
        out.lines("""
                http-after-response sc-inc-gpc1(1) if { var(txn.denied) -m found }
                http-after-response set-log-level silent if { var(txn.denied) -m found } { sc1_gpc1_rate gt 100 }
                http-after-response set-header connection close if { var(txn.denied) -m found }
                """);
    }

    /**
     * The same over TCP, before the connection is rejected. Of a caller that has not said a word, as one waits for the server
     * to speak first, `option dontlognull` would log nothing.
     */
    static void beforeTcpDenial(Lines out) {
        out.lines("""
                tcp-request content sc-inc-gpc1(1) if { var(txn.denied) -m found }
                tcp-request content set-log-level silent if { var(txn.denied) -m found } { sc1_gpc1_rate gt 100 }
                tcp-request content do-log if { var(txn.denied) -m found } { req.len 0 }
                """);
    }

    /** In the frontends of the ports that the kubelet asks: the operations port's and the gRPC probes'. */
    static void kubelets(Lines out, String frontend) {
        out.line("maxconn " + OF_KUBELETS_PORT);
        out.line("timeout http-request 1s");
        out.line("timeout http-keep-alive 1s");
        out.line(COUNTED + ASKERS);
        refuse(out, "!" + Kubelet.KNOWN + " { sc1_conn_cur gt " + OF_STRANGER + " }");
        refuse(out, "!" + Kubelet.KNOWN + " { fe_conn(" + frontend + ") gt " + OF_STRANGERS + " }");
    }
}
