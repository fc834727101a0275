package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Load.Micros;
import io.hamesh.benchmarks.dataplane.Load.Outcome;
import io.hamesh.model.ContainerNames;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What a sidecar's request of CPU is worth where applications use all that they requested, which is the whole node: how soon a
 * call is answered, by the request that each of the two HAProxies has.
 */
record FullNode(Steps steps, PrintStream out) {
    private static final int ROUNDS = 3;
    private static final List<Integer> MILLICORES = List.of(10, 25, 50, 100);
    private static final List<Integer> RATES = List.of(100, 300, 1_000);
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration DURATION = Duration.ofSeconds(8);

    /** Twice as many as processors, so that none of them is ever idle. */
    private static final int BUSY = 2 * Runtime.getRuntime().availableProcessors();

    /** One request and one rate. */
    private record Cell(int millicores, int rate) {}

    void measure() {
        try (Stage stage = Stage.setWithoutOthers(steps);
                FullNodeGroups node = FullNodeGroups.open()) {
            node.share("applications", 1_000 * Runtime.getRuntime().availableProcessors());
            List<Command> busy = Collections.nCopies(BUSY, node.busyIn("applications"));
            Map<Cell, List<Outcome>> answered = new HashMap<>();
            stage.during(busy, () -> rounds(stage, node, answered));
            print(answered);
        }
    }

    private void rounds(Stage stage, FullNodeGroups node, Map<Cell, List<Outcome>> into) {
        for (int round = 1; round <= ROUNDS; round++) {
            String title = "full node, round " + round + " of " + ROUNDS;
            steps.step(title, progress -> {
                for (Cell cell : cells()) {
                    progress.at("%d m each, %d a second".formatted(cell.millicores(), cell.rate()));
                    for (Pod pod : List.of(stage.pods().caller(), stage.pods().of(Protocol.HTTP))) {
                        node.share(pod.name(), cell.millicores());
                        node.take(pod.name(), pod.processes(ContainerNames.HAPROXY));
                    }
                    into.computeIfAbsent(cell, first -> new ArrayList<>()).addAll(outcome(stage, cell.rate()));
                }
                return true;
            });
        }
    }

    private static List<Cell> cells() {
        return MILLICORES.stream()
                .flatMap(millicores -> RATES.stream().map(rate -> new Cell(millicores, rate)))
                .toList();
    }

    /** None where the sidecars do not keep up. */
    private static List<Outcome> outcome(Stage stage, int rate) {
        Load load = Load.keepAlive(Protocol.HTTP).at(rate);
        try {
            return List.of(stage.measure(stage.hamesh(), load, WARM_UP, DURATION));
        } catch (Load.TooSlow e) {
            return List.of();
        }
    }

    private void print(Map<Cell, List<Outcome>> answered) {
        out.printf(
                "%nA full node: HTTP p50 (p99), ms; medians of %d rounds. In each row the HAProxies of both pods have that request.%n%n",
                ROUNDS);
        out.print("| `proxy-cpu` |");
        RATES.forEach(rate -> out.printf(" %,d a second |", rate));
        out.printf("%n|---|%s%n", "---|".repeat(RATES.size()));
        for (int millicores : MILLICORES) {
            out.printf("| %dm |", millicores);
            RATES.forEach(
                    rate -> out.printf(" %s |", told(answered.getOrDefault(new Cell(millicores, rate), List.of()))));
            out.println();
        }
    }

    private static String told(List<Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return "does not keep up";
        }
        String told = millis(outcomes, Micros::p50) + " (" + millis(outcomes, Micros::p99) + ")";
        return outcomes.size() == ROUNDS
                ? told
                : told + ", in %d of %d rounds it does not keep up".formatted(ROUNDS - outcomes.size(), ROUNDS);
    }

    private static String millis(List<Outcome> outcomes, ToLongFunction<Micros> figure) {
        return Spread.number(Spread.of(outcomes.stream()
                        .map(outcome -> figure.applyAsLong(outcome.micros()) / 1_000.0)
                        .toList())
                .median());
    }
}
