package io.hamesh.operator.health;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Pieces of work under way, each known by what it works on. */
public final class InFlight {
    private record Piece(Object about, long since) {}

    private final Map<Object, Piece> pieces = new ConcurrentHashMap<>();
    private final Duration longest;
    private final LongSupplier nanoTime;

    InFlight(Duration longest, LongSupplier nanoTime) {
        this.longest = longest;
        this.nanoTime = nanoTime;
    }

    /** Does the work, and counts it as under way meanwhile. */
    public <T> T track(Object about, Supplier<T> work) {
        Object token = new Object();
        pieces.put(token, new Piece(about, nanoTime.getAsLong()));
        try {
            return work.get();
        } finally {
            pieces.remove(token);
        }
    }

    Optional<String> problem() {
        long now = nanoTime.getAsLong();
        return pieces.values().stream()
                .filter(piece -> now - piece.since() > longest.toNanos())
                .max(Comparator.comparingLong(piece -> now - piece.since()))
                .map(piece -> "stuck on " + piece.about() + " for "
                        + Duration.ofNanos(now - piece.since()).toSeconds() + " s");
    }
}
