package io.hamesh.benchmarks.dataplane;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A figure of several rounds: its median between the least and the most. */
record Spread(double least, double median, double most) {
    static Spread of(List<Double> rounds) {
        List<Double> sorted = rounds.stream().sorted().toList();
        int half = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        return new Spread(sorted.getFirst(), median, sorted.getLast());
    }

    /** Round by round: what disturbs a whole round disturbs both. */
    static Spread ofRatios(List<Double> ours, List<Double> theirs) {
        return of(IntStream.range(0, Math.min(ours.size(), theirs.size()))
                .mapToObj(round -> ours.get(round) / theirs.get(round))
                .toList());
    }

    /** For example {@code 1.98 (1.90 to 2.05)}; what was measured once has no spread. */
    @Override
    public String toString() {
        if (least == most) {
            return number(median);
        }
        return "%s (%s to %s)".formatted(number(median), number(least), number(most));
    }

    static String number(double value) {
        return String.format(
                Locale.ROOT, value >= 1000 ? "%,.0f" : value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
