package io.hamesh.operator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plain HTTP for the kubelet and for Prometheus, on a port that every pod reaches. Each connection is asked one thing and
 * ends. Where there are too many, the oldest one has to go and never the newest: who asks at once is answered, however
 * many others stay silent, and from whatever addresses.
 */
final class OpsServer implements AutoCloseable {
    /** What one path answers. */
    record Answer(int status, String text) {
        static Answer ok(String text) {
            return new Answer(200, text);
        }

        static Answer notYet(String why) {
            return new Answer(503, why);
        }
    }

    /** At 500 new connections a second each has half a second; the kubelet asks within milliseconds. */
    static final int MOST = 256;

    private static final int BACKLOG = 1024;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);

    private record Open(Socket socket, long since) {}

    private final ServerSocket listener;
    private final Map<String, Supplier<Answer>> routes = new ConcurrentHashMap<>();
    private final Deque<Open> open = new ArrayDeque<>(); // the oldest first

    /**
     * Listens once started.
     *
     * @param port to listen on; 0 takes a free one
     */
    OpsServer(int port) throws IOException {
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(port), BACKLOG);
        listener.setSoTimeout((int) SWEEP.toMillis());
    }

    /** Asked for an answer ten times a second at most, however often {@code path} is. */
    OpsServer route(String path, Supplier<Answer> answers) {
        routes.put(path, new AskedSeldom<>(answers));
        return this;
    }

    OpsServer start() {
        Thread.ofPlatform().daemon().name("ops").start(this::accept);
        return this;
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("the port of metrics and readiness did not close");
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Open next = new Open(listener.accept(), System.nanoTime());
                makeRoom(next);
                Thread.ofVirtual().name("ops-answer").start(() -> answer(next));
            } catch (SocketTimeoutException nobody) {
                endOld();
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    private void failed(IOException e) {
        if (!listener.isClosed()) {
            LOG.atWarn().addKeyValue("error", e.toString()).log("a connection for metrics or readiness failed");
        }
    }

    private void makeRoom(Open next) {
        endOld();
        synchronized (open) {
            if (open.size() >= MOST) {
                end(open.removeFirst());
            }
            open.addLast(next);
        }
    }

    /** Also those that read too slowly: a write knows no timeout. */
    private void endOld() {
        long longAgo = System.nanoTime() - LONGEST.toNanos();
        synchronized (open) {
            while (!open.isEmpty() && open.getFirst().since() - longAgo < 0) {
                end(open.removeFirst());
            }
        }
    }

    private void answer(Open connection) {
        try (Socket socket = connection.socket()) {
            OpsExchange.answer(socket, LONGEST, routes);
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("a connection ended without an answer"); // strangers fill no log
        } finally {
            synchronized (open) {
                open.remove(connection);
            }
        }
    }

    private static void end(Open connection) {
        try {
            connection.socket().close();
        } catch (IOException e) {
            LOG.atTrace().setCause(e).log("a connection did not close");
        }
    }
}
