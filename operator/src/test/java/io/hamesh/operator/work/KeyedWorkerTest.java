package io.hamesh.operator.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyedWorkerTest {
    private static final int TOGETHER = 2;
    private static final Duration OFTEN = Duration.ofMillis(1);

    private final Queue<String> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();
    private final Semaphore goOn = new Semaphore(0);

    @Test
    void keyAskedForWhileItIsWorkedOnIsWorkedOnOnceMore() {
        try (KeyedWorker<String> worker = new KeyedWorker<>(TOGETHER, key -> {}, this::slow)) {
            worker.submit("a");
            await().until(() -> running.get() == 1);
            IntStream.range(0, 5).forEach(i -> worker.submit("a"));
            goOn.release();
            await().until(() -> done.size() == 1 && running.get() == 1);
            goOn.release(5);
            await().until(() -> done.size() == 2 && running.get() == 0);
            worker.submit("b"); // after whatever else there might have been of the other
            await().until(() -> done.contains("b"));
            assertThat(done).containsExactly("a", "a", "b");
        }
    }

    @Test
    void oneKeyIsNeverWorkedOnTwiceAtATime() {
        AtomicInteger most = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        try (KeyedWorker<String> worker = new KeyedWorker<>(8, key -> {}, key -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            running.decrementAndGet();
            return runs.incrementAndGet() > 0;
        })) {
            await().pollInterval(OFTEN).until(() -> {
                IntStream.range(0, 100).forEach(i -> worker.submit("a"));
                return runs.get() >= 100;
            });
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void onlySoManyAreWorkedOnTogether() {
        try (KeyedWorker<String> worker = new KeyedWorker<>(TOGETHER, key -> {}, this::slow)) {
            IntStream.range(0, 10).forEach(i -> worker.submit("key-" + i));
            await().until(() -> running.get() == TOGETHER);
            for (int finished = 1; finished <= 8; finished++) {
                int so = finished;
                goOn.release();
                await().until(() -> done.size() == so && running.get() == TOGETHER);
            }
            goOn.release(2);
            await().until(() -> done.size() == 10);
        }
    }

    @Test
    void whoWaitsForItsTurnHoldsUpNobodyElse() {
        CountDownLatch turn = new CountDownLatch(1);
        try (KeyedWorker<String> worker = new KeyedWorker<>(1, key -> awaitTurn(key, turn), done::add)) {
            worker.submit("waits");
            worker.submit("a");
            worker.submit("b");
            await().until(() -> done.size() == 2);
            assertThat(done).containsExactlyInAnyOrder("a", "b");
            turn.countDown();
            await().until(() -> done.contains("waits"));
        }
    }

    @Test
    void whatFailsIsTriedAgainUntilItWorks() {
        AtomicInteger tries = new AtomicInteger();
        try (KeyedWorker<String> worker = new KeyedWorker<>(TOGETHER, key -> {}, key -> tries.incrementAndGet() == 3)) {
            worker.submit("a");
            await().until(() -> tries.get() == 3);
        }
    }

    @Test
    void whatThrowsIsTriedAgainToo() {
        AtomicInteger tries = new AtomicInteger();
        try (KeyedWorker<String> worker = new KeyedWorker<>(TOGETHER, key -> {}, key -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("on purpose");
            }
            return true;
        })) {
            worker.submit("a");
            await().dontCatchUncaughtExceptions().until(() -> tries.get() == 2);
        }
    }

    @Test
    void failingKeyDoesNotWaitForItsPauseWhenItIsAskedFor() {
        AtomicInteger tries = new AtomicInteger();
        try (KeyedWorker<String> worker = new KeyedWorker<>(TOGETHER, key -> {}, key -> {
            tries.incrementAndGet();
            return false;
        })) {
            await().pollInterval(OFTEN)
                    .until(
                            () -> { // the pauses before as many tries would be two minutes
                                worker.submit("a");
                                return tries.get() >= 50;
                            });
        }
    }

    private static void awaitTurn(String key, CountDownLatch turn) throws InterruptedException {
        if (key.equals("waits")) {
            turn.await();
        }
    }

    private boolean slow(String key) {
        running.incrementAndGet();
        goOn.acquireUninterruptibly();
        running.decrementAndGet();
        return done.add(key);
    }
}
