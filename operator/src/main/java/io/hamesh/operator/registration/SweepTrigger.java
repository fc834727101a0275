package io.hamesh.operator.registration;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says when the catalog is to be compared with the pods, and why. Of several causes that nobody took up yet, the
 * gravest counts.
 */
final class SweepTrigger {
    /** Why the catalog is compared with the pods; the later in this order, the less Consul is believed. */
    enum Cause {
        /** A minute has passed. */
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

    synchronized void fire(Cause cause) {
        Cause before = pending;
        pending = before == null || before.compareTo(cause) < 0 ? cause : before;
        notifyAll();
    }

    /** Waits for a cause; {@link Cause#TIME} where none came for {@code patience}. */
    synchronized Cause await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (pending == null) {
            long millis = (end - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return Cause.TIME;
            }
            wait(millis);
        }
        Cause taken = pending;
        pending = null;
        return taken;
    }
}
