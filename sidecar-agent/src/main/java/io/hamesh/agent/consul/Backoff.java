package io.hamesh.agent.consul;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after failures: doubling from {@code first} to {@code cap}, each a quarter more or less, so that the
 * pods of a cluster do not come back in step.
 */
record Backoff(Duration first, Duration cap) {
    /**
     * For what may heal any moment. A pod has to be ready within 5 s of Consul's return, after hours, too: this wait, a
     * connect timeout, the queries and a probe period have to fit in.
     */
    static final Backoff QUICK = new Backoff(Duration.ofMillis(100), Duration.ofMillis(1500));

    /** For what a person has to mend. */
    static final Backoff PATIENT = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(5));

    /** The wait after the {@code failures}th failure in a row, 1 or more. */
    Duration after(int failures) {
        return after(failures, ThreadLocalRandom.current().nextDouble());
    }

    /** The same with a given chance from 0 to 1. */
    Duration after(int failures, double chance) {
        long full = Math.min(cap.toMillis(), first.toMillis() << Math.min(failures - 1, 20));
        return Duration.ofMillis(Math.round(full * (0.75 + chance / 2)));
    }
}
