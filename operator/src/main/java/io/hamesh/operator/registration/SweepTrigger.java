package io.hamesh.operator.registration;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says when the catalog is to be compared with the pods, and why. {@link Cause#BACK} counts before all else. {@link
 * Cause#TIME} comes once a minute, also while the catalog changes. {@link Cause#CHANGED} is for the rest.
 */
final class SweepTrigger {
    /** Why the catalog is compared with the pods; the later in this order, the less Consul is believed. */
    enum Cause {
        /** The last sweep for {@code TIME} or {@code BACK} is a minute ago; sweeps for {@code CHANGED} do not count. */
        TIME,

        /** Somebody wrote to the catalog, perhaps we ourselves. */
        CHANGED,

        /**
         * The first look, or the first after Consul was away, or its index went backwards: it may have lost its data, or
         * have been restored from an older snapshot, and what differs now is nobody's doing.
         */
        BACK
    }

    private final LongSupplier nanoTime;
    private @Nullable Cause pending;

    /** When the last sweep for {@code TIME} or {@code BACK} began; null before there was one. */
    private @Nullable Long lastWhole;

    SweepTrigger() {
        this(System::nanoTime);
    }

    /** @param nanoTime by which the minute is measured, as {@link System#nanoTime} */
    SweepTrigger(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void fire(Cause cause) {
        Cause before = pending;
        pending = before == null || before.compareTo(cause) < 0 ? cause : before;
        notifyAll();
    }

    /** The catalog is being compared for {@link Cause#BACK}, though nobody waited for that. */
    synchronized void begunUnasked() {
        lastWhole = nanoTime.getAsLong();
    }

    /**
     * Waits for a cause.
     *
     * @param every how long after the last {@link Cause#TIME} or {@link Cause#BACK} the next {@code TIME} is due; before
     *     there was one, how long after the first wait
     */
    synchronized Cause await(Duration every) throws InterruptedException {
        long due = lastWhole() + every.toNanos();
        long left = due - nanoTime.getAsLong();
        while (pending == null && left > 0) {
            wait((left + 999_999) / 1_000_000);
            left = due - nanoTime.getAsLong();
        }
        Cause taken = pending == Cause.BACK || left > 0 ? Objects.requireNonNull(pending) : Cause.TIME;
        pending = null;
        if (taken != Cause.CHANGED) {
            lastWhole = nanoTime.getAsLong();
        }
        return taken;
    }

    private long lastWhole() {
        Long last = lastWhole;
        if (last == null) {
            last = nanoTime.getAsLong();
            lastWhole = last;
        }
        return last;
    }
}
