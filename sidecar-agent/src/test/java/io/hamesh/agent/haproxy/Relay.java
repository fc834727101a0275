package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes on what two say who speak TLS 1.3 with each other, and holds back a part of it until it is told to go on. */
final class Relay implements AutoCloseable {
    enum Part {
        /** With which a client ends the handshake. */
        CLIENTS_LAST_FLIGHT,
        /** What a server says after the handshake: tickets first. */
        TICKETS
    }

    private final ServerSocket server;
    private final int target;
    private final Part held;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch holding = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    Relay(int port, int target, Part held) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        this.held = held;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    boolean awaitHeld() throws InterruptedException {
        return holding.await(10, TimeUnit.SECONDS);
    }

    /** From now on nothing is held. */
    void release() {
        released.countDown();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
                open.addAll(List.of(client, behind));
                AtomicInteger flights = new AtomicInteger();
                Thread.ofVirtual()
                        .start(() -> pass(client, behind, () -> {
                            if (flights.incrementAndGet() > 1) {
                                holdIf(Part.CLIENTS_LAST_FLIGHT);
                            }
                        }));
                Thread.ofVirtual()
                        .start(() -> pass(behind, client, () -> {
                            if (flights.get() > 1) {
                                holdIf(Part.TICKETS);
                            }
                        }));
            } catch (IOException closed) {
                // the next one may be taken
            }
        }
    }

    private void holdIf(Part part) {
        if (part == held) {
            holding.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void pass(Socket from, Socket to, Runnable before) {
        try (from;
                to) {
            byte[] bytes = new byte[65_536];
            for (int length = from.getInputStream().read(bytes);
                    length > 0;
                    length = from.getInputStream().read(bytes)) {
                before.run();
                to.getOutputStream().write(bytes, 0, length);
            }
        } catch (IOException gone) {
            // both ends are closed
        }
    }

    @Override
    public void close() throws IOException {
        release();
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
