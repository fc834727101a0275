package io.hamesh.operator.health;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A worker's sign of life: counted from its first beat on, until it rests. */
public final class Heartbeat {
    private final Duration longestSilence;
    private final LongSupplier nanoTime;
    private volatile @Nullable Long last;

    Heartbeat(Duration longestSilence, LongSupplier nanoTime) {
        this.longestSilence = longestSilence;
        this.nanoTime = nanoTime;
    }

    public void beat() {
        last = nanoTime.getAsLong();
    }

    /** The worker stops on purpose. */
    public void rest() {
        last = null;
    }

    Optional<String> problem() {
        Long beat = last;
        if (beat == null) {
            return Optional.empty();
        }
        Duration silence = Duration.ofNanos(nanoTime.getAsLong() - beat);
        return silence.compareTo(longestSilence) <= 0
                ? Optional.empty()
                : Optional.of("no sign of life for " + silence.toSeconds() + " s, at most " + longestSilence.toSeconds()
                        + " s are well");
    }
}
