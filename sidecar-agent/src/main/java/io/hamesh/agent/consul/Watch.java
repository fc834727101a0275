package io.hamesh.agent.consul;

import io.hamesh.agent.log.Log;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Follows one resource for ever, by Consul's rules for blocking queries, and publishes each answer. An answer may repeat
 * the one before.
 */
final class Watch<T> implements Runnable {
    /** Between two questions, so that a resource that changes all the time does not keep Consul busy. */
    private static final Duration PACE = Duration.ofMillis(100);

    private final ConsulClient client;
    private final ConsulQuery<T> query;
    private final Consumer<T> publish;
    private final FailureLog log;
    private long index;
    private int failures;

    Watch(ConsulClient client, ConsulQuery<T> query, Consumer<T> publish, Log log, InstantSource clock) {
        this.client = client;
        this.query = query;
        this.publish = publish;
        this.log = new FailureLog(log, clock, query.resource());
    }

    /** Runs until interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                long start = System.nanoTime();
                if (ask()) {
                    pace(System.nanoTime() - start);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ask() throws InterruptedException {
        try {
            ConsulClient.Answer<T> answer = client.get(query, index);
            failures = 0;
            log.answered();
            // An index that goes backwards is another Consul's, or a restored one's: start again.
            index = answer.index() < index ? 0 : answer.index();
            publish.accept(answer.value());
            return true;
        } catch (ConsulException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            // Behind the failure may be a Consul with a lower index, which would let us wait for minutes.
            index = 0;
            recover(e);
            return false;
        }
    }

    private void recover(ConsulException failure) throws InterruptedException {
        switch (failure) {
            case ConsulException.Unreachable unreachable -> {}
            case ConsulException.Broken broken -> retry("consul-answer-unusable", broken, Backoff.QUICK);
            case ConsulException.Refused refused ->
                retry("consul-refuses", refused, refused.isOurs() ? Backoff.PATIENT : Backoff.QUICK);
        }
    }

    private void retry(String event, ConsulException failure, Backoff backoff) throws InterruptedException {
        log.failed(event, String.valueOf(failure.getMessage()));
        Thread.sleep(backoff.after(++failures));
    }

    private static void pace(long nanos) throws InterruptedException {
        long rest = PACE.toMillis() - nanos / 1_000_000;
        if (rest > 0) {
            Thread.sleep(rest + ThreadLocalRandom.current().nextLong(PACE.toMillis() / 4));
        }
    }
}
