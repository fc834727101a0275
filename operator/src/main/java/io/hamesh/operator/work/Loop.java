package io.hamesh.operator.work;

import io.hamesh.operator.health.Health;
import io.hamesh.operator.health.Heartbeat;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a body again and again on a thread of its own, until it is closed. After an exception there is a next round, too,
 * and after an interruption that is not its close.
 *
 * <p>Liveness finds a loop by its name when it has given no sign of life for too long. It gives signs while it waits
 * for its next round, and at each {@link #signOfLife} within a round. So a round may last as long as it has to, as one
 * with a thousand calls to a slow Consul does. What is found is a single step that does not end, or an error that ended
 * the thread.
 */
public final class Loop implements AutoCloseable {
    /** What is done again and again. */
    @FunctionalInterface
    public interface Body {
        /**
         * One round.
         *
         * @return how long to wait before the next one; shorter if {@link Loop#wake} is called
         * @throws InterruptedException where the loop is closed meanwhile
         */
        Duration round() throws InterruptedException;
    }

    /**
     * For rounds that call Consul or the API server. Each call ends within a minute, away or slow as the server may be: a
     * blocking query has an answer, or none, after 45 s ({@code ConsulTransport}). Signs of life are each call to Consul,
     * each Event, and each intention that is read; a round that makes other calls gives its own between them.
     */
    public static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final ScopedValue<Loop> CURRENT = ScopedValue.newInstance();
    private static final Duration AFTER_AN_EXCEPTION = Duration.ofSeconds(1);
    private static final Duration LAST_ROUND = Duration.ofSeconds(2);

    private final String name;
    private final Body body;
    private final Heartbeat heartbeat;
    private final long betweenBeats;
    private final Thread thread;
    private final Semaphore news = new Semaphore(0);

    /** Of the exceptions since the last good round, those that are in the log. */
    private final Set<Class<?>> logged = new HashSet<>();

    private volatile boolean closed;

    /** A loop that may be silent for {@link #LONGEST_SILENCE}; does nothing before {@link #start}. */
    public Loop(String name, Body body, Health health) {
        this(name, LONGEST_SILENCE, body, health);
    }

    /**
     * Does nothing before {@link #start}.
     *
     * @param name of its thread, and what liveness calls it
     * @param longestSilence more than any step of a round lasts
     */
    public Loop(String name, Duration longestSilence, Body body, Health health) {
        this.name = name;
        this.body = body;
        this.heartbeat = health.heartbeat(name, longestSilence);
        this.betweenBeats = longestSilence.dividedBy(4).toNanos();
        this.thread = Thread.ofVirtual().name(name).unstarted(() -> ScopedValue.where(CURRENT, this)
                .run(this::repeat));
    }

    /** Begins the first round; to be called once. */
    public Loop start() {
        beat();
        thread.start();
        return this;
    }

    /** Something changed: the next round begins as soon as this one ends, or at once. */
    public void wake() {
        news.release();
    }

    /**
     * Says that the loop in whose round this thread is goes on; nothing on other threads. For each step of a round that
     * may take its time, as a call to a server.
     */
    public static void signOfLife() {
        if (CURRENT.isBound()) {
            CURRENT.get().beat();
        }
    }

    private void repeat() {
        Duration pause = Duration.ZERO;
        while (!closed) {
            try {
                await(pause);
                pause = body.round();
                logged.clear();
            } catch (InterruptedException e) {
                boolean unused = Thread.interrupted(); // the way to stop, or a flag that a library left
                pause = afterwards(e);
            } catch (RuntimeException e) {
                pause = afterwards(e);
            }
        }
    }

    private Duration afterwards(Exception e) {
        if (!closed && logged.add(e.getClass())) {
            LOG.atError()
                    .addKeyValue("loop", name)
                    .addKeyValue("error", e.toString())
                    .setCause(e)
                    .log("a round failed, trying again");
        }
        return AFTER_AN_EXCEPTION;
    }

    /** Alive meanwhile, however long that is, and when it is over. */
    private void await(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        long left = pause.toNanos();
        beat();
        while (left > 0 && !news.tryAcquire(Math.min(left, betweenBeats), TimeUnit.NANOSECONDS)) {
            beat();
            left = end - System.nanoTime();
        }
        news.drainPermits();
        beat();
    }

    /** Nothing after its end: a thread that does not stop is not silent. */
    private synchronized void beat() {
        if (!closed) {
            heartbeat.beat();
        }
    }

    /** Bids the round to end and returns at once: for several loops that are closed together. */
    public synchronized void beginClose() {
        closed = true;
        heartbeat.rest();
        thread.interrupt();
    }

    /** Ends for good; returns once the round under way has ended, or after two seconds. */
    @Override
    public void close() {
        beginClose();
        try {
            if (thread.getState() != Thread.State.NEW) {
                boolean unused = thread.join(LAST_ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
