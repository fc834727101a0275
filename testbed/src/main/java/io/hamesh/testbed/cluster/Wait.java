package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.TestbedException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Awaits a condition. */
final class Wait {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Wait() {}

    static void until(String what, Duration limit, BooleanSupplier condition) {
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
