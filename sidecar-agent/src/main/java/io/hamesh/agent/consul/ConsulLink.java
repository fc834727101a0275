package io.hamesh.agent.consul;

import io.hamesh.agent.log.Log;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether Consul can be reached, for all watches together. While it cannot, one of them tries and the others wait for
 * it: an agent with a hundred upstreams knocks no more often than one with none, and says so once.
 */
final class ConsulLink {
    private final ReentrantLock turn = new ReentrantLock();
    private final Backoff backoff;
    private final FailureLog log;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();

    ConsulLink(String address, Backoff backoff, Log log, InstantSource clock) {
        this.backoff = backoff;
        this.log = new FailureLog(log, clock, address);
    }

    /**
     * Connects: at once where the attempt before did not fail, else alone and after a pause that grows with the failures.
     *
     * @throws ConsulException.Unreachable when it fails; try again at once, the pause is made here
     */
    void connectAfterPause(HttpURLConnection connection) throws ConsulException.Unreachable, InterruptedException {
        if (failures.get() == 0) {
            attempt(connection);
            return;
        }
        turn.lockInterruptibly();
        try {
            int before = failures.get();
            if (before > 0) {
                pauseAfter(before);
                failures.compareAndSet(before, before + 1);
            }
            attempt(connection);
        } finally {
            turn.unlock();
        }
    }

    private void pauseAfter(int failures) throws InterruptedException {
        Thread.sleep(backoff.after(failures));
    }

    /** Says that a connection was not one, as a connection kept alive may turn out when it is used. */
    ConsulException.Unreachable lost(IOException e) {
        // Watches that fail together are one failure: only who has the turn counts further.
        failures.compareAndSet(0, 1);
        losses.incrementAndGet();
        String reason = reason(e);
        log.failed("consul-unreachable", reason);
        return new ConsulException.Unreachable(reason, e);
    }

    /** How often it was lost so far: a Consul that comes after a loss may be another, with lower indexes. */
    int losses() {
        return losses.get();
    }

    private void attempt(HttpURLConnection connection) throws ConsulException.Unreachable {
        try {
            connection.connect();
        } catch (IOException e) {
            throw lost(e);
        }
        failures.set(0);
        log.answered();
    }

    static String reason(IOException e) {
        String kind = e.getClass().getSimpleName();
        return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
    }
}
