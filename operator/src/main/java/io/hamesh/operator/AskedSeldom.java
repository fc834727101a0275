package io.hamesh.operator;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps an answer for a moment, and has one made at a time: who asks often costs no more than who asks sometimes. */
final class AskedSeldom<T> implements Supplier<T> {
    private static final Duration KEPT = Duration.ofMillis(100);

    private final Supplier<T> source;
    private @Nullable T answer;
    private long since;

    AskedSeldom(Supplier<T> source) {
        this.source = source;
    }

    @Override
    public synchronized T get() {
        T kept = answer;
        if (kept != null && System.nanoTime() - since < KEPT.toNanos()) {
            return kept;
        }
        T fresh = source.get();
        answer = fresh;
        since = System.nanoTime();
        return fresh;
    }
}
