package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Passes on what clients say, and what a server answers only once it is told to. */
final class AnswersHeldBack extends Relay {
    private final CountDownLatch held;
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch passed;

    /** @param clients that are answered at the same time */
    AnswersHeldBack(int target, int clients) throws IOException {
        super(0, target);
        held = new CountDownLatch(clients);
        passed = new CountDownLatch(clients);
        start();
    }

    /** Whether each client was answered something that is held back. */
    boolean awaitHeld() throws InterruptedException {
        return held.await(10, TimeUnit.SECONDS);
    }

    /** Whether each client has now got its answer. */
    boolean release() throws InterruptedException {
        released.countDown();
        return passed.await(10, TimeUnit.SECONDS);
    }

    @Override
    void connect(Socket client, Socket behind) {
        Thread.startVirtualThread(() -> pass(client, behind, () -> {}));
        Thread.startVirtualThread(() -> answer(behind, client));
    }

    private void answer(Socket server, Socket client) {
        try {
            byte[] flight = new byte[65_536];
            int length = server.getInputStream().read(flight);
            if (length < 0) {
                return; // no answer
            }
            held.countDown();
            released.await();
            client.getOutputStream().write(flight, 0, length);
            passed.countDown();
            pass(server, client, () -> {});
        } catch (IOException gone) {
            // one of them has left
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
