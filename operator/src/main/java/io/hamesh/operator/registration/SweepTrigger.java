package io.hamesh.operator.registration;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says when the catalog is to be compared with the pods, and why. Of several causes that nobody took up yet, the
 * gravest counts.
 */
final class SweepTrigger {
    /** Why the catalog is compared with the pods; the later in this order, the less Consul is believed. */
    enum Cause {
        /** A minute has passed since the last look that was not for a change, whatever changed meanwhile. */
        TIME,

        /** Somebody wrote to the catalog, perhaps we ourselves. */
        CHANGED,

        /**
         * The first look, or the first after Consul was away, or its index went backwards: it may have lost its data, or
         * have been restored from an older snapshot, and what differs now is nobody's doing.
         */
        BACK
    }

    private @Nullable Cause pending;
    private long lastWhole = System.nanoTime();

    synchronized void fire(Cause cause) {
        Cause before = pending;
        pending = before == null || before.compareTo(cause) < 0 ? cause : before;
        notifyAll();
    }

    /**
     * Waits for a cause.
     *
     * @param every how long after the last {@link Cause#TIME} or {@link Cause#BACK} the next {@code TIME} is due; it takes
     *     the place of a mere {@link Cause#CHANGED}, so that a catalog that never rests does not keep it away
     */
    synchronized Cause await(Duration every) throws InterruptedException {
        long due = lastWhole + every.toNanos();
        long left = due - System.nanoTime();
        while (pending == null && left > 0) {
            wait((left + 999_999) / 1_000_000);
            left = due - System.nanoTime();
        }
        Cause taken = pending == Cause.BACK || left > 0 ? Objects.requireNonNull(pending) : Cause.TIME;
        pending = null;
        if (taken != Cause.CHANGED) {
            lastWhole = System.nanoTime();
        }
        return taken;
    }
}
