package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.KeptCosts.Change;
import io.hamesh.testbed.host.Steps;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Shows in review what a change costs: HAmesh's CPU for each request, beside what was kept. Machines differ, so the CPU is
 * divided by what caller and application take without a mesh, a moment before or after.
 *
 * @param kept the file in the repository
 */
record Guard(Path kept, Steps steps, PrintStream out) {
    static final Path FILE = Path.of("benchmarks/guard.tsv");

    /** Short, and often: what disturbs the machine for some seconds disturbs both of a pair, and few of all pairs. */
    private static final Duration DURATION = Duration.ofMillis(400);

    /** As long as fifty TLS handshakes at both ends take, and a little more: they are not in the figures. */
    private static final Duration WARM_UP = Duration.ofMillis(400);

    private static final int ROUNDS = 9;

    /** What is written is compared with again and again. */
    private static final int ROUNDS_TO_KEEP = 18;

    /** More for the rows that seem too dear: of ten rows one may well be so by chance. */
    private static final int ROUNDS_OF_DOUBT = 21;

    /** Fails, naming them, if rows are dearer than what was kept allows. */
    void check() {
        KeptCosts before = KeptCosts.read(kept);
        before.requireRows(kept, rows().stream().map(Row::title).collect(Collectors.toSet()));
        List<Change> changes = measuredTwiceIfInDoubt(before);
        changes.forEach(out::println);
        String tooDear =
                changes.stream().filter(Change::isTooDear).map(Change::toString).collect(Collectors.joining("; "));
        if (!tooDear.isEmpty()) {
            throw new IllegalStateException("dearer than " + kept + " allows: " + tooDear
                    + ". If it has to be: benchmarks/dataplane --guard=write, and say why in the commit");
        }
    }

    private List<Change> measuredTwiceIfInDoubt(KeptCosts before) {
        try (Stage stage = Stage.setWithoutOthers(steps)) {
            Costs costs = new Costs();
            measure(stage, rows(), ROUNDS, costs);
            List<String> doubtful = before.changes(costs.medians()).stream()
                    .filter(Change::isTooDear)
                    .map(Change::row)
                    .toList();
            List<Row> again = rows().stream()
                    .filter(row -> doubtful.contains(row.title()))
                    .toList();
            if (!again.isEmpty()) {
                measure(stage, again, ROUNDS_OF_DOUBT, costs);
            }
            return before.changes(costs.medians());
        }
    }

    void write() {
        try (Stage stage = Stage.setWithoutOthers(steps)) {
            Costs costs = new Costs();
            measure(stage, rows(), ROUNDS_TO_KEEP, costs);
            out.print(costs);
            new KeptCosts(costs.medians()).write(kept);
        }
    }

    /** The rows of HAmesh that tell of its CPU. */
    private static List<Row> rows() {
        return Row.all().stream().filter(Row::tellsCpu).toList();
    }

    private void measure(Stage stage, List<Row> rows, int rounds, Costs into) {
        steps.step("measuring %d rows %d times".formatted(rows.size(), rounds), progress -> {
            for (int round = 0; round < rounds; round++) {
                for (Row row : rows) {
                    progress.at("round %d: %s".formatted(round + 1, row.title()));
                    into.add(row.title(), cost(stage, row, round % 2 == 0));
                }
            }
            return true;
        });
    }

    private static double cost(Stage stage, Row row, boolean oursFirst) {
        if (oursFirst) {
            return ours(stage, row) / withoutMesh(stage, row);
        }
        double withoutMesh = withoutMesh(stage, row);
        return ours(stage, row) / withoutMesh;
    }

    private static double ours(Stage stage, Row row) {
        return cpu(stage, stage.hamesh(), row.load());
    }

    /**
     * Without a mesh nothing is measured with new connections, because the caller's ports would not last: such a row is
     * divided by the same protocol's connections that are kept.
     */
    private static double withoutMesh(Stage stage, Row row) {
        Load load = row.load();
        return cpu(stage, stage.direct(), load.anew() ? Load.keepAlive(load.protocol()) : load);
    }

    private static double cpu(Stage stage, Candidate candidate, Load load) {
        return stage.measure(candidate, load, WARM_UP, DURATION).cpuMicrosARequest();
    }
}
