package io.hamesh.benchmarks.dataplane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What rows cost, by their titles, in each of several rounds. */
final class Costs {
    private final Map<String, List<Double>> rounds = new LinkedHashMap<>();

    void add(String row, double cost) {
        rounds.computeIfAbsent(row, title -> new ArrayList<>()).add(cost);
    }

    Map<String, Double> medians() {
        Map<String, Double> medians = new LinkedHashMap<>();
        rounds.forEach((row, costs) -> medians.put(row, Spread.of(costs).median()));
        return medians;
    }

    /** A line for each row. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        rounds.forEach((row, costs) -> lines.append("%s: %s%n".formatted(row, Spread.of(costs))));
        return lines.toString();
    }
}
