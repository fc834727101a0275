package io.hamesh.agent.sockets;

import java.time.Duration;

/**
 * When to look: at the first sign of change, as long as five thousandths of a CPU pay for it. What was not spent is saved, so
 * that a pod that starts, or changes now and then, is looked at closely. Without a sign of change every 20 s, because the
 * signs are not sure: one socket may come as another goes.
 *
 * <p>The kernel walks its table of all connections of the whole node for one look: some 2 ms on most machines, 20 on some.
 */
final class LookBudget {
    private static final long EARNED_IN = 200;

    /** A look that took longer waited for a CPU: that is no cost. */
    private static final long MOST_COUNTED = Duration.ofMillis(25).toNanos();

    private static final long MOST_SAVED = Duration.ofMillis(500).toNanos();
    private static final long SHORTEST = Duration.ofMillis(900).toNanos();
    private static final long QUIET = Duration.ofSeconds(20).toNanos();

    private long saved = MOST_SAVED;
    private long cost;
    private long counted;
    private long looked;
    private boolean first = true;

    /** Whether to look now, at {@code nanos} of {@link System#nanoTime}. */
    boolean isDue(long nanos, boolean changed) {
        if (first) {
            return true;
        }
        saved = Math.min(MOST_SAVED, saved + (nanos - counted) / EARNED_IN);
        counted = nanos;
        long since = nanos - looked;
        return since >= (changed ? SHORTEST : QUIET) && saved >= cost;
    }

    /** A look began at {@code nanos} and took {@code took}. */
    void spent(long nanos, long took) {
        first = false;
        looked = nanos;
        counted = nanos;
        cost = Math.min(took, MOST_COUNTED);
        saved = Math.max(0, saved - cost);
    }
}
