package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measures the candidates in turn, in another order in each round, and prints the table. */
record Benchmark(Plan plan, Steps steps, PrintStream out) {
    private static final String MEMORY = "memory after a round of all that, MB (PSS)";
    private static final String NO_DATAPLANE =
            "Memory: Envoy's whole sidecar has a consul-dataplane, too. It is not measured: the module proxy refuses its Go module.";
    private static final String EMPTY_CELLS = """
            Empty cells:
            - a new connection a request: without a mesh the caller's ports would not last
            - HTTP at 2,000 a second: more than Envoy under xDS can carry here
            - reaction: the lean Envoy follows nothing, and the built-in proxy asks Consul at each new connection only
            - reaction of Envoy under xDS to intentions: kept connections are drained at random, new ones follow in 0.2 s
            - reaction at half of the capacity: HAmesh's alone, because each candidate's would take ten minutes more
            - start: without a mesh there is no sidecar
            """;

    void run(Stage stage) {
        List<String> machine = Machine.here().told(); // the commit may be another one at the end
        Results results = new Results(List.of(LeanEnvoy.NAME, ConsulEnvoy.NAME, BuiltInProxy.NAME, Direct.NAME));
        for (int round = 0; round < plan.rounds(); round++) {
            int number = round;
            steps.step("round " + (round + 1) + " of " + plan.rounds(), progress -> {
                loads(stage, number, results, progress);
                memory(stage, results);
                return true;
            });
        }
        new Reactions(plan, stage, results, steps).measure();
        List<String> handshakes = handshakes(stage); // a start loses what a proxy has counted
        new Starts(plan, stage, results, steps).measure();
        stage.check(); // once more: what was asked too early the first time is not now
        print(stage, results, machine, handshakes);
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

    private static void memory(Stage stage, Results results) {
        stage.meshes().forEach(mesh -> {
            Mesh.Sidecar sidecar = mesh.sidecar();
            results.add(MEMORY, "the caller's proxy", "≤ 0.35", mesh.name(), Memory.megabytes(sidecar.proxy()));
            if (!sidecar.whole().equals(sidecar.proxy())) { // the others have no consul-dataplane here
                results.add(MEMORY, "its whole sidecar", "", mesh.name(), Memory.megabytes(sidecar.whole()));
            }
        });
    }

    private static <T> List<T> inTurn(List<T> all, int turn) {
        List<T> rotated = new ArrayList<>(all);
        Collections.rotate(rotated, -turn);
        return rotated;
    }

    /** Lines for people. */
    private static List<String> handshakes(Stage stage) {
        List<String> lines = new ArrayList<>();
        stage.meshes().forEach(mesh -> {
            lines.add("- %s: %s".formatted(mesh.name(), stage.handshakes(mesh)));
            mesh.countedHandshakes().ifPresent(told -> lines.add("  - by its own counters, all upstreams: " + told));
        });
        return lines;
    }

    private void print(Stage stage, Results results, List<String> machine, List<String> handshakes) {
        out.printf(
                "%n%d rounds; medians, least to most; ratios round by round; a reaction's trials are divided into as many%n%n",
                plan.rounds());
        stage.candidates().forEach(each -> out.printf("- %s: %s%n", each.name(), each.described()));
        stage.meshes().forEach(mesh -> stage.configurations()
                .keep(mesh)
                .ifPresent(folder -> out.printf("- %s is configured as in %s%n", mesh.name(), folder)));
        out.printf("- %s%n", firstLine(stage.programs().envoy().toString(), "--version"));
        out.printf("- %s%n", firstLine(stage.programs().consul().toString(), "version"));
        machine.forEach(line -> out.printf("- %s%n", line));
        out.printf("%nTLS between the proxies, at new connections over TCP:%n");
        handshakes.forEach(out::println);
        out.println();
        out.println(results.table());
        out.println(results.plot());
        out.println(results.connections());
        out.println(results.lateness());
        out.println(stage.steadyProxies().told());
        out.println(NO_DATAPLANE);
        out.println(EMPTY_CELLS);
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
