package io.hamesh.agent.haproxy.config;

import io.hamesh.model.Protocol;
import java.util.List;
import java.util.Map;

/**
 * Requests and answers that may fill HAProxy's buffers while their reader stands still. Each counts like several connections
 * more for as long as it lasts, so that memory holds whatever readers do. What is made to stay open and mostly silent (event
 * streams, gRPC, WebSocket) counts as its connection alone: a thousand of them are to fit.
 */
public final class LargeTransfers {
    /** How many there are, under the one key 1. */
    public static final String TABLE = "transfers";

    /** Of all sources, as so many more connections: for the bounds of new connections. */
    static final String OF_ALL = "sess.transfers";

    /** The same of this connection's source. */
    static final String OF_SOURCE = "sess.own_transfers";

    /** Whose they are. */
    static final String BY_SOURCE = "transfers_by_source";

    /** With its connection 272 KiB: over TLS 280 kB were measured, up to three full buffers and what TLS keeps. */
    private static final int MORE = 3;

    /** With its connection 408 KiB: HTTP/2 fills several buffers for a connection, 320 kB were measured with one stream. */
    private static final int MORE_OVER_HTTP2 = 5;

    /** What is not larger lies in the one buffer that each connection is counted with. */
    private static final int BUFFERED = 49_152;

    private static final String LARGE = "{ var(txn.large) -m bool }";

    /**
     * @param expression what is added to the sum
     * @param most what the sum may then come to
     */
    record Counted(String expression, int most) {}

    private final int more;

    LargeTransfers(Protocol protocol) {
        this.more = more(protocol);
    }

    /** How many connections more one of them counts for. */
    public static int more(Protocol protocol) {
        return protocol.isHttp2Only() ? MORE_OVER_HTTP2 : MORE;
    }

    /** In a frontend's rules of new connections, before they are bounded. */
    void counted(Lines out) {
        counted(out, OF_ALL, "int(1),table_conn_cur(" + TABLE + ")");
        counted(out, OF_SOURCE, "src,table_conn_cur(" + BY_SOURCE + ")");
    }

    private void counted(Lines out, String variable, String transfers) {
        out.line("tcp-request connection set-var(" + variable + ") " + transfers + ",mul(" + more + ")");
    }

    /**
     * In a frontend's HTTP rules. A request without a length is large because nobody knows; so is an answer, unless it is of
     * a type that is made to stay open.
     *
     * @param others what counts beside them, each with what the sum may come to when it is added
     * @param own how many connections their source has, as an expression
     * @param share what one source may come to
     */
    void judged(Lines out, List<Counted> others, String own, int share) {
        out.lines("""
                http-request set-var(txn.large) bool(true) if { req.hdr_val(content-length) gt <buffered> }
                http-request set-var(txn.large) bool(true) if { method POST PUT PATCH } !{ req.hdr(content-length) -m found } !{ req.hdr(content-type) -m beg application/grpc }
                """, Map.of("buffered", BUFFERED));
        judge(out, "http-request", others, own, share);
        out.lines("""
                http-response set-var(txn.large) bool(true) if !{ method HEAD } { res.hdr_val(content-length) gt <buffered> }
                http-response set-var(txn.large) bool(true) if !{ method HEAD } !{ status 101 204 304 } !{ res.hdr(content-length) -m found } !{ res.hdr(content-type) -m beg text/event-stream application/grpc }
                """, Map.of("buffered", BUFFERED));
        judge(out, "http-response", others, own, share);
    }

    /** @param rules {@code http-request} or {@code http-response} */
    private void judge(Lines out, String rules, List<Counted> others, String own, int share) {
        Lines large = out.when(LARGE);
        large.line(rules + " track-sc4 src table " + BY_SOURCE);
        large.line(rules + " track-sc5 int(1) table " + TABLE);
        large.line(rules + " set-var(txn.counted) sc_conn_cur(4),mul(" + more + ")");
        large.line(rules + " set-var(txn.counted) " + own + ",add(txn.counted)");
        full(out, rules, share);
        large.line(rules + " set-var(txn.counted) sc_conn_cur(5),mul(" + more + ")");
        for (Counted other : others) {
            large.line(rules + " set-var(txn.counted) " + other.expression() + ",add(txn.counted)");
            full(out, rules, other.most());
        }
        ConnectionBounds.full(out, rules);
    }

    private static void full(Lines out, String rules, int most) {
        out.line(rules + " set-var(txn.denied) str(full) if " + LARGE + " { var(txn.counted) -m int gt " + most + " }");
    }
}
