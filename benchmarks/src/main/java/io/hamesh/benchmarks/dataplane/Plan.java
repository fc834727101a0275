package io.hamesh.benchmarks.dataplane;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How thoroughly to measure.
 *
 * @param whole whether with the rows that take longest
 * @param duration how long each load that has no rate is counted
 * @param trials of each reaction
 * @param starts of each sidecar
 * @param title only rows whose title contains it
 */
record Plan(boolean whole, int rounds, Duration warmUp, Duration duration, int trials, int starts, String title) {
    /** For a developer: five minutes. */
    static Plan brief() {
        return new Plan(false, 3, Duration.ofMillis(200), Duration.ofMillis(800), 4, 2, "");
    }

    /** For {@code docs/evidence}: within an hour. */
    static Plan full() {
        return new Plan(true, 5, Duration.ofMillis(500), Duration.ofMillis(2500), Reaction.TRIALS_OF_A_TAIL, 20, "");
    }

    Plan in(int otherRounds) {
        return new Plan(whole, otherRounds, warmUp, duration, trials, starts, title);
    }

    Plan only(String otherTitle) {
        return new Plan(whole, rounds, warmUp, duration, trials, starts, otherTitle);
    }

    List<Row> rows() {
        Predicate<Row> fits = row -> row.title().contains(title) && (whole || !row.isSlow());
        return Row.all().stream().filter(fits).toList();
    }

    /** Whether with a row that is no load's. */
    boolean asksFor(String row) {
        return row.contains(title);
    }

    boolean asksForNothing() {
        return rows().isEmpty()
                && Stream.of(Reactions.AT_REST, Reactions.AT_HALF, Starts.TITLE).noneMatch(this::asksFor);
    }
}
