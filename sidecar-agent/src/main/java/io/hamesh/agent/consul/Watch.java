package io.hamesh.agent.consul;

import io.hamesh.agent.consul.ConsulClient.Position;
import io.hamesh.agent.log.Log;
import java.time.Duration;
import java.time.Instant;
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

    /**
     * A Consul without a leader, as after a restart, holds a question for long, while the next one would be answered at
     * once: a pod has to be ready within 5 s of Consul's return.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** For one that is just slow: it would never be done with a long list otherwise. */
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(15);

    private static final int HASTY_ATTEMPTS = 8;

    /** Finds out which Consul it is that answers. */
    interface WhichConsul {
        void ask(Duration patience) throws ConsulException, InterruptedException;
    }

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final ConsulClient client;
    private final ConsulQuery<T> query;
    private final WhichConsul which;
    private final Consumer<T> publish;
    private final FailureLog log;
    private final InstantSource clock;
    private volatile Instant answered = Instant.EPOCH;
    private Position position = Position.START;
    private int failures;

    /** @param which is asked before an answer is published that does not continue the one before */
    Watch(
            ConsulClient client,
            ConsulQuery<T> query,
            WhichConsul which,
            Consumer<T> publish,
            Log log,
            InstantSource clock) {
        this.client = client;
        this.query = query;
        this.which = which;
        this.publish = publish;
        this.log = new FailureLog(log, clock, query.resource());
        this.clock = clock;
    }

    /** When Consul last answered; long ago is normal where nothing happens: it may hold a question for minutes. */
    Instant answered() {
        return answered;
    }

    /** Runs until interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                long start = System.nanoTime();
                if (ask(start)) {
                    pace(millisSince(start));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ask(long start) throws InterruptedException {
        try {
            Duration patience = failures < HASTY_ATTEMPTS ? PATIENCE : LONG_PATIENCE;
            ConsulClient.Answer<T> answer = client.get(query, position, patience);
            boolean isBackwards = answer.position().index() < position.index();
            boolean continues = position.index() > 0 && !isBackwards;
            if (!answered.equals(Instant.EPOCH) && !continues) {
                which.ask(patience);
            }
            failures = 0;
            log.answered();
            // An index that goes backwards is another Consul's, or a restored one's: start again.
            position = isBackwards ? Position.START : answer.position();
            publish.accept(answer.value());
            answered = clock.instant();
            return true;
        } catch (ConsulException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            // Behind the failure may be a Consul with a lower index, which would let us wait for minutes.
            position = Position.START;
            recover(e, start);
            return false;
        } catch (RuntimeException e) {
            // A watch that ended would leave the pod with what it knows, for ever and in silence.
            position = Position.START;
            recover(new ConsulException.Broken("the answer could not be used: " + e, e), start);
            return false;
        }
    }

    private void recover(ConsulException failure, long start) throws InterruptedException {
        switch (failure) {
            case ConsulException.Unreachable unreachable -> {}
            case ConsulException.Outdated outdated -> {}
            case ConsulException.Broken broken -> retry("consul-gives-no-answer", broken, Backoff.QUICK, start);
            case ConsulException.Refused refused ->
                retry("consul-refuses", refused, refused.isOurs() ? Backoff.PATIENT : Backoff.QUICK, start);
        }
    }

    // The time that the attempt took counts.
    private void retry(String event, ConsulException failure, Backoff backoff, long start) throws InterruptedException {
        log.failed(event, String.valueOf(failure.getMessage()));
        long rest = backoff.after(++failures).toMillis() - millisSince(start);
        Thread.sleep(Math.max(PAUSE.toMillis(), rest));
    }

    private static void pace(long millis) throws InterruptedException {
        long rest = PACE.toMillis() - millis;
        if (rest > 0) {
            Thread.sleep(rest + ThreadLocalRandom.current().nextLong(PACE.toMillis() / 4));
        }
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
