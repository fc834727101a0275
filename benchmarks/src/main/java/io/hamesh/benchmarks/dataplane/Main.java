package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import java.util.List;

/** {@code benchmarks/dataplane [--full] [--rounds=N] [--rows=TEXT]}, or {@code --guard},
 * {@code --guard=write} or {@code --full-node} alone. */
public final class Main {
    private static final int WRONG_USE = 2;

    private Main() {}

    public static void main(String[] arguments) {
        Steps steps = new Steps(System.err);
        try {
            switch (arguments.length == 1 ? arguments[0] : "") {
                case "--guard" -> new Guard(Guard.FILE, steps, System.out).check();
                case "--guard=write" -> new Guard(Guard.FILE, steps, System.out).write();
                case "--full-node" -> new FullNode(steps, System.out).measure();
                default -> compare(plan(arguments), steps);
            }
        } catch (TestbedException | IllegalStateException e) {
            System.err.println("benchmarks/dataplane: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void compare(Plan plan, Steps steps) {
        try (Stage stage = Stage.set(steps)) {
            new Benchmark(plan, steps, System.out).run(stage);
        }
    }

    private static Plan plan(String... arguments) {
        Plan plan = List.of(arguments).contains("--full") ? Plan.full() : Plan.brief();
        for (String argument : arguments) {
            if (argument.matches("--rounds=[1-9][0-9]?")) {
                plan = plan.in(Integer.parseInt(argument.substring("--rounds=".length())));
            } else if (argument.startsWith("--rows=")) {
                plan = plan.only(argument.substring("--rows=".length()));
            } else if (!argument.equals("--full")) {
                System.err.println(
                        "usage: benchmarks/dataplane [--full] [--rounds=1..99] [--rows=TEXT], where TEXT is part of"
                                + " a row's title; or --guard, --guard=write or --full-node alone; not " + argument);
                System.exit(WRONG_USE);
            }
        }
        if (plan.asksForNothing()) {
            System.err.println(
                    "benchmarks/dataplane: no row's title contains what --rows says; without --rows all are measured");
            System.exit(WRONG_USE);
        }
        return plan;
    }
}
