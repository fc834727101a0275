package io.hamesh.operator.registration;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Occasions to compare that nobody has taken up yet: of several, the gravest counts. */
final class Occasions {
    private @Nullable Occasion pending;

    synchronized void tell(Occasion occasion) {
        Occasion before = pending;
        pending = before == null || before.compareTo(occasion) < 0 ? occasion : before;
        notifyAll();
    }

    /** Waits for one; {@link Occasion#TIME} where none came for {@code patience}. */
    synchronized Occasion await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (pending == null) {
            long millis = (end - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return Occasion.TIME;
            }
            wait(millis);
        }
        Occasion taken = pending;
        pending = null;
        return taken;
    }
}
