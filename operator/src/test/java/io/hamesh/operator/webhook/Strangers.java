package io.hamesh.operator.webhook;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Connections from several loopback addresses, 500 new ones a second at most, which say one thing and nothing more. */
final class Strangers implements AutoCloseable {
    /** What each connection does before it falls silent. */
    @FunctionalInterface
    interface Deed {
        void on(Socket socket) throws IOException;
    }

    private static final Duration EACH = Duration.ofMillis(2);
    private static final int AT_A_TIME = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final int port;
    private final int addresses;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger opened = new AtomicInteger();

    /** Not virtual ones: the operator of the test runs on those. */
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);

    /** @param addresses how many they come from: 127.0.1.1 and those that follow */
    Strangers(int port, int addresses) {
        this.port = port;
        this.addresses = addresses;
    }

    static Deed silent() {
        return socket -> {};
    }

    /** Of a TLS handshake record the first bytes. */
    static Deed halfAHandshake() {
        return socket ->
                socket.getOutputStream().write(new byte[] {22, 3, 1, 0, (byte) 200, 1, 0, 0, (byte) 196, 3, 3});
    }

    static Deed handshake(SSLSocketFactory trust) {
        return socket -> tls(trust, socket);
    }

    /** A whole handshake, and of the request only this. */
    static Deed handshakeThen(SSLSocketFactory trust, String text) {
        return socket -> tls(trust, socket).getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    static Deed saying(String text) {
        return socket -> socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    static SSLSocket tls(SSLSocketFactory trust, Socket socket) throws IOException {
        SSLSocket tls = (SSLSocket) trust.createSocket(socket, "localhost", socket.getPort(), true);
        tls.startHandshake();
        return tls;
    }

    /** A connection from that address. */
    static Socket connect(String from, int port) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
        return socket;
    }

    /** Opens that many, one after the other, and does not wait for what becomes of them. */
    Strangers open(int connections, Deed deed) {
        long start = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            LockSupport.parkNanos(start + i * EACH.toNanos() - System.nanoTime());
            String from = "127.0.1." + (i % addresses + 1);
            threads.execute(() -> open(from, deed));
        }
        return this;
    }

    private void open(String from, Deed deed) {
        try {
            Socket socket = connect(from, port);
            sockets.add(socket);
            deed.on(socket);
            opened.incrementAndGet();
        } catch (IOException refused) {
            // what the test is about
        }
    }

    /** How many got as far as they wanted. */
    int opened() {
        return opened.get();
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        threads.close();
        for (Socket each : sockets) {
            each.close();
        }
    }
}
