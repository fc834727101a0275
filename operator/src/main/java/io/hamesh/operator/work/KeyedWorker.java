package io.hamesh.operator.work;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Works on keys: one at a time each, a bounded number together, first come first served, again with growing pauses while
 * it fails. A key asked for while it is being worked on is worked on once more: the newest state wins, nothing queues.
 * It is no {@link Loop}, and beats nowhere: without a key it has nothing to do. So liveness does not see a task that
 * does not end, unless the task tells {@code InFlight}, as a pod's registration does; a question for open ports need not,
 * because it ends after its client's patience.
 */
public final class KeyedWorker<K> implements AutoCloseable {
    /** Brings one key up to date; what it returns says whether that worked. */
    @FunctionalInterface
    public interface Task<K> {
        boolean run(K key);
    }

    /** Waits for what has to come before a key; without a permit, so that it holds up nobody else. */
    @FunctionalInterface
    public interface Turn<K> {
        void await(K key) throws InterruptedException;
    }

    /**
     * What is under way for a key.
     *
     * @param again asked for while it is being worked on
     * @param failures in a row
     */
    private record Work(boolean running, boolean again, int failures) {
        static final Work NONE = new Work(false, false, 0);

        Work asked() {
            return new Work(true, running, failures);
        }

        Work failed() {
            return new Work(false, false, failures + 1);
        }
    }

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    private final Turn<K> turn;
    private final Task<K> task;
    private final Semaphore permits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("retries").factory());
    private final Map<K, Work> works = new HashMap<>();

    /**
     * Works on nothing before a key is submitted.
     *
     * @param together how many keys at most are worked on at a time
     */
    public KeyedWorker(int together, Turn<K> turn, Task<K> task) {
        this.turn = turn;
        this.task = task;
        this.permits = new Semaphore(together, true);
    }

    /** Has the key worked on, now or as soon as a permit is free. */
    public void submit(K key) {
        boolean runs;
        synchronized (works) {
            Work before = works.getOrDefault(key, Work.NONE);
            runs = before.running();
            works.put(key, before.asked());
        }
        if (!runs) {
            threads.execute(() -> work(key));
        }
    }

    private void work(K key) {
        boolean done = false;
        try {
            turn.await(key);
            permits.acquire();
            try {
                done = task.run(key);
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            finished(key, done);
        }
    }

    private void finished(K key, boolean done) {
        Work before;
        synchronized (works) {
            before = works.getOrDefault(key, Work.NONE);
            if (done) {
                works.remove(key);
            } else {
                works.put(key, before.failed());
            }
        }
        if (!done) {
            retry(key, before.failures() + 1);
        } else if (before.again()) {
            submit(key);
        }
    }

    private void retry(K key, int failed) {
        long most = Math.min(FIRST_PAUSE.toMillis() << Math.min(failed - 1, 10), LONGEST_PAUSE.toMillis());
        long pause = most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1);
        if (!clock.isShutdown()) {
            var unused = clock.schedule(() -> submit(key), pause, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
