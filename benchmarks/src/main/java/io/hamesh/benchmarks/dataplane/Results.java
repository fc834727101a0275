package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Load.Outcome;
import io.hamesh.benchmarks.dataplane.Row.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was measured, and the table of it. */
final class Results {
    private static final String HAMESH = Hamesh.NAME;

    private final List<String> others;
    private final Map<Line, Map<String, List<Double>>> lines = new LinkedHashMap<>();

    /** @param others the candidates to divide by, in the order of the columns */
    Results(List<String> others) {
        this.others = others;
    }

    private final Map<String, Map<String, Opened>> opened = new LinkedHashMap<>();
    private final Map<String, Map<String, List<Long>>> lateness = new LinkedHashMap<>();

    private record Opened(long connections, long requests) {
        Opened plus(Opened other) {
            return new Opened(connections + other.connections, requests + other.requests);
        }

        @Override
        public String toString() {
            return Spread.number((double) connections / requests);
        }
    }

    private record Line(String row, String figure, String goals) {}

    void add(Row row, Candidate candidate, Outcome outcome) {
        opened.computeIfAbsent(row.title(), title -> new LinkedHashMap<>())
                .merge(candidate.name(), new Opened(outcome.connections(), outcome.requests()), Opened::plus);
        if (row.hasARate()) {
            lateness.computeIfAbsent(row.title(), title -> new LinkedHashMap<>())
                    .computeIfAbsent(candidate.name(), name -> new ArrayList<>())
                    .add(outcome.lateness().p99());
        }
        for (Figure figure : row.figures()) {
            add(
                    row.title(),
                    figure.title(),
                    figure.goals(),
                    candidate.name(),
                    figure.of().applyAsDouble(outcome));
        }
    }

    void add(String row, String figure, String goals, String candidate, double value) {
        lines.computeIfAbsent(new Line(row, figure, goals), line -> new LinkedHashMap<>())
                .computeIfAbsent(candidate, name -> new ArrayList<>())
                .add(value);
    }

    /** In Markdown: HAmesh's own figures, then the ratio of each other's, with the spread over the rounds. */
    String table() {
        StringBuilder table = new StringBuilder("| row | figure | HAmesh");
        others.forEach(other -> table.append(" | ÷ ").append(other));
        table.append(" | goal |\n|---|---|---");
        others.forEach(other -> table.append("|---"));
        table.append("|---|\n");
        lines.forEach((line, values) -> {
            List<Double> ours = values.getOrDefault(HAMESH, List.of());
            table.append("| %s | %s | %s"
                    .formatted(
                            line.row(),
                            line.figure(),
                            ours.isEmpty() ? "" : Spread.of(ours).toString()));
            for (String other : others) {
                List<Double> theirs = values.getOrDefault(other, List.of());
                table.append(" | ")
                        .append(
                                ours.isEmpty() || theirs.isEmpty()
                                        ? ""
                                        : Spread.ofRatios(ours, theirs).toString());
            }
            table.append(" | ").append(line.goals()).append(" |\n");
        });
        return table.toString();
    }

    /** The ratios on a logarithmic axis from a tenth to ten times: {@code o} the median, {@code -} the spread. */
    String plot() {
        int longest = lines.keySet().stream()
                .mapToInt(line -> name(line).length())
                .max()
                .orElse(0);
        StringBuilder plot = new StringBuilder();
        for (String other : others) {
            String rows = lines.entrySet().stream()
                    .filter(entry -> entry.getValue().containsKey(HAMESH)
                            && entry.getValue().containsKey(other))
                    .map(entry -> ("%-" + longest + "s  %s%n")
                            .formatted(
                                    name(entry.getKey()),
                                    Axis.of(Spread.ofRatios(
                                            entry.getValue().get(HAMESH),
                                            entry.getValue().get(other)))))
                    .collect(Collectors.joining());
            if (!rows.isEmpty()) {
                plot.append(("%nHAmesh ÷ %-" + Math.max(1, longest - 9) + "s  %s%n").formatted(other, Axis.LEGEND))
                        .append(rows);
            }
        }
        return plot.toString();
    }

    /** How many connections the application got for each request, by row and candidate: who reuses them, who does not. */
    String connections() {
        return byRow("New connections to the application ÷ requests, while measured:", opened);
    }

    /** How late the caller itself was at a rate: the latencies have it in them. */
    String lateness() {
        return byRow(
                "The caller's own lateness at a rate, p99 in µs, which is in the latencies (all rounds):", lateness);
    }

    private static String byRow(String title, Map<String, ? extends Map<String, ?>> rows) {
        return rows.entrySet().stream()
                .map(row -> "- %s: %s%n"
                        .formatted(
                                row.getKey(),
                                row.getValue().entrySet().stream()
                                        .map(candidate -> candidate.getKey() + " " + candidate.getValue())
                                        .collect(Collectors.joining("; "))))
                .collect(Collectors.joining("", title + "%n".formatted(), ""));
    }

    private static String name(Line line) {
        return line.row() + ": " + line.figure();
    }

    private static final class Axis {
        private static final int HALF = 24;
        static final String LEGEND = "0.1" + " ".repeat(HALF - 4) + " 1 " + " ".repeat(HALF - 2) + "10";

        private Axis() {}

        static String of(Spread ratio) {
            char[] axis = " ".repeat(2 * HALF + 1).toCharArray();
            axis[HALF] = '|';
            for (int at = place(ratio.least()); at <= place(ratio.most()); at++) {
                axis[at] = '-';
            }
            axis[place(ratio.median())] = 'o';
            return new String(axis).stripTrailing();
        }

        private static int place(double ratio) {
            return (int) Math.round(HALF + HALF * Math.clamp(Math.log10(ratio), -1, 1));
        }
    }
}
