package io.hamesh.operator.registration;

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
 */
final class KeyedWorker<K> implements AutoCloseable {
    /** Brings one key up to date; what it returns says whether that worked. */
    @FunctionalInterface
    interface Task<K> {
        boolean run(K key);
    }

    /** Waits for what has to come before a key; without a permit, so that it holds up nobody else. */
    @FunctionalInterface
    interface Turn<K> {
        void await(K key) throws InterruptedException;
    }

    private enum State {
        RUNNING,
        RUNNING_AND_ASKED_AGAIN
    }

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    private final Turn<K> turn;
    private final Task<K> task;
    private final Semaphore permits;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("retries").factory());
    private final Map<K, State> states = new HashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();

    KeyedWorker(int together, Turn<K> turn, Task<K> task) {
        this.turn = turn;
        this.task = task;
        this.permits = new Semaphore(together, true);
    }

    /** Has the key worked on, now or as soon as a permit is free. */
    void submit(K key) {
        synchronized (states) {
            if (states.containsKey(key)) {
                states.put(key, State.RUNNING_AND_ASKED_AGAIN);
                return;
            }
            states.put(key, State.RUNNING);
        }
        threads.execute(() -> work(key));
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
        boolean again;
        int failed;
        synchronized (states) {
            again = states.remove(key) == State.RUNNING_AND_ASKED_AGAIN;
            failed = done ? 0 : failures.merge(key, 1, Integer::sum);
            if (done) {
                failures.remove(key);
            }
        }
        if (failed > 0) {
            retry(key, failed);
        } else if (again) {
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
