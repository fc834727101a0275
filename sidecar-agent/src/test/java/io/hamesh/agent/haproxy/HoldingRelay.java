package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes on what two say who speak TLS 1.3 with each other, and holds back a part of it until it is told to go on. */
final class HoldingRelay extends Relay {
    enum Part {
        /** With which a client ends the handshake. */
        CLIENTS_LAST_FLIGHT,
        /** What a server says after the handshake: tickets first. */
        TICKETS
    }

    private final Part held;
    private final CountDownLatch holding = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    HoldingRelay(int port, int target, Part held) throws IOException {
        super(port, target);
        this.held = held;
        start();
    }

    boolean awaitHeld() throws InterruptedException {
        return holding.await(10, TimeUnit.SECONDS);
    }

    /** From now on nothing is held. */
    void release() {
        released.countDown();
    }

    @Override
    void connect(Socket client, Socket behind) {
        AtomicInteger flights = new AtomicInteger();
        Thread.startVirtualThread(() -> pass(client, behind, () -> {
            if (flights.incrementAndGet() > 1) {
                holdIf(Part.CLIENTS_LAST_FLIGHT);
            }
        }));
        Thread.startVirtualThread(() -> pass(behind, client, () -> {
            if (flights.get() > 1) {
                holdIf(Part.TICKETS);
            }
        }));
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

    @Override
    public void close() throws IOException {
        release();
        super.close();
    }
}
