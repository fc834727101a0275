package io.hamesh.operator.webhook;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much is reviewed at a time, in bytes: a review takes several times its size while it is read and judged. What is
 * beyond it waits its turn.
 */
final class ReviewBudget {
    /** What the smallest review counts as, so that there are never more than 512 at a time. */
    private static final int UNIT = 16 << 10;

    private final int units;
    private final Semaphore free;
    private final Duration patience;

    /**
     * @param bytes at a time; the largest review has to fit
     * @param patience how long a review waits for its turn
     */
    ReviewBudget(int bytes, Duration patience) {
        this.units = bytes / UNIT;
        this.free = new Semaphore(units, true);
        this.patience = patience;
    }

    /** A piece of work, which reads from a connection. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /**
     * Waits until so many bytes of it are free, and takes them for as long as the work lasts.
     *
     * @throws TooBusyException where others take too long; nothing was done
     */
    void spend(long bytes, Work work) throws IOException, TooBusyException {
        int share = (int) Math.min(units, Math.max(1, (bytes + UNIT - 1) / UNIT));
        if (!isFreeInTime(share)) {
            throw new TooBusyException();
        }
        try {
            work.run();
        } finally {
            free.release(share);
        }
    }

    private boolean isFreeInTime(int share) {
        try {
            return free.tryAcquire(share, patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Others take too long. */
    static final class TooBusyException extends Exception {
        private static final long serialVersionUID = 1L;

        TooBusyException() {
            super("too many reviews at a time");
        }
    }
}
