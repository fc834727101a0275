package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Load.Micros;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measures the candidates in turn, in another order in each round, and prints the table. */
record Benchmark(Plan plan, Steps steps, PrintStream out) {
    private static final String MEMORY = "memory after all that, MB (PSS)";
    private static final String NO_DATAPLANE =
            "Memory: Envoy's whole sidecar has a consul-dataplane, too. It is not measured: the module proxy refuses its Go module.";

    void run(Stage stage) {
        List<String> machine = Machine.here().told(); // the commit may be another one at the end
        Results results = new Results(List.of(LeanEnvoy.NAME, ConsulEnvoy.NAME, BuiltInProxy.NAME, Direct.NAME));
        for (int round = 0; round < plan.rounds(); round++) {
            int number = round;
            steps.step("round " + (round + 1) + " of " + plan.rounds(), progress -> {
                loads(stage, number, results, progress);
                return true;
            });
        }
        memory(stage, results);
        reactions(stage, results);
        stage.check(); // once more: what was asked too early the first time is not now
        print(stage, results, machine);
    }

    private void loads(Stage stage, int round, Results results, Steps.Progress progress) {
        int turn = round;
        for (Row row : plan.rows()) {
            for (Candidate candidate : inTurn(stage.candidates(), turn++)) {
                if (!row.without().contains(candidate.name()) && (plan.whole() || round == 0 || !row.hasARate())) {
                    progress.at(row.title() + ": " + candidate.name());
                    results.add(
                            row,
                            candidate,
                            stage.measure(candidate, row.load(), plan.warmUp(), row.durationAtLeast(plan.duration())));
                }
            }
        }
    }

    private void reactions(Stage stage, Results results) {
        if (!plan.asksForReactions()) {
            return;
        }
        for (Candidate candidate : stage.candidates()) {
            if (candidate instanceof Mesh mesh
                    && mesh.destination(Protocol.HTTP).isPresent()) {
                Reaction reaction = steps.step(
                        "reaction of " + mesh.name() + " to intentions, " + plan.trials() + " times",
                        progress -> Reaction.measure(stage.caller(), stage.programs(), mesh, plan.trials()));
                reaction(results, mesh, "deny", reaction.deny());
                reaction(results, mesh, "allow", reaction.allow());
            }
        }
    }

    private void reaction(Results results, Mesh mesh, String change, Micros took) {
        results.add(Results.REACTION, change + ", p50, ms", "≤ 10 ms", mesh.name(), took.p50() / 1000.0);
        if (plan.trials() >= Reaction.TRIALS_OF_A_TAIL) {
            results.add(Results.REACTION, change + ", p99, ms", "≤ 50 ms", mesh.name(), took.p99() / 1000.0);
        }
    }

    private static void memory(Stage stage, Results results) {
        for (Candidate candidate : stage.candidates()) {
            if (candidate instanceof Mesh mesh) {
                Mesh.Sidecar sidecar = mesh.sidecar();
                results.add(MEMORY, "the caller's proxy", "≤ 0.35", mesh.name(), Memory.megabytes(sidecar.proxy()));
                if (!sidecar.whole().equals(sidecar.proxy())) { // the others have no consul-dataplane here
                    results.add(MEMORY, "its whole sidecar", "", mesh.name(), Memory.megabytes(sidecar.whole()));
                }
            }
        }
    }

    private static <T> List<T> inTurn(List<T> all, int turn) {
        List<T> rotated = new ArrayList<>(all);
        Collections.rotate(rotated, -turn);
        return rotated;
    }

    private void print(Stage stage, Results results, List<String> machine) {
        out.printf("%n%d rounds; medians, least to most; ratios round by round%n%n", plan.rounds());
        stage.candidates().forEach(each -> out.printf("- %s: %s%n", each.name(), each.described()));
        meshes(stage).forEach(mesh -> stage.configurations()
                .keep(mesh)
                .ifPresent(folder -> out.printf("- %s is configured as in %s%n", mesh.name(), folder)));
        out.printf("- %s%n", firstLine(stage.programs().envoy().toString(), "--version"));
        out.printf("- %s%n", firstLine(stage.programs().consul().toString(), "version"));
        machine.forEach(line -> out.printf("- %s%n", line));
        out.printf("%nTLS between the proxies, at new connections over TCP:%n");
        meshes(stage).forEach(mesh -> {
            out.printf("- %s: %s%n", mesh.name(), stage.handshakes(mesh));
            mesh.countedHandshakes()
                    .ifPresent(told -> out.printf("  - by its own counters, all upstreams: %s%n", told));
        });
        out.println();
        out.println(results.table());
        out.println(results.plot());
        out.println(results.connections());
        out.println(results.lateness());
        out.println(stage.steadyProxies().told());
        out.println(NO_DATAPLANE);
    }

    private static List<Mesh> meshes(Stage stage) {
        return stage.candidates().stream()
                .filter(Mesh.class::isInstance)
                .map(Mesh.class::cast)
                .toList();
    }

    private static String firstLine(String... command) {
        return Command.of(command)
                .output()
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("")
                .strip();
    }
}
