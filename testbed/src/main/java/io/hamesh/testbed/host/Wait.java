package io.hamesh.testbed.host;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Awaits a condition of what the testbed starts, such as a node that registers. An interrupt ends it, which Awaitility
 * does not notice while it asks in the same thread.
 */
public final class Wait {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Wait() {}

    /**
     * Returns when the condition holds.
     *
     * @param what the end of "waited in vain for"
     * @throws TestbedException when it does not hold within {@code limit}
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        var deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TestbedException("waited %d s in vain for %s".formatted(limit.toSeconds(), what));
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TestbedException("interrupted while waiting for " + what, e);
            }
        }
    }
}
