package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import java.util.List;
import java.util.stream.Stream;

/** The rows about how soon a write to Consul is followed: with nothing else to do, and at half of what a mesh can carry. */
record Reactions(Plan plan, Stage stage, Results results, Steps steps) {
    static final String AT_REST = "reaction, from Consul's answer on";
    static final String AT_HALF = "reaction at half of the capacity, from Consul's answer on";

    private record Followed(Mesh mesh, Subject subject) {}

    void measure() {
        List<Followed> all = stage.meshes().flatMap(Reactions::followed).toList();
        if (plan.asksFor(AT_REST)) {
            measure(AT_REST, all);
        }
        if (plan.asksFor(AT_HALF)) {
            measureAtHalf(stage.hamesh());
        }
    }

    private static Stream<Followed> followed(Mesh mesh) {
        return mesh.subjects().stream().map(subject -> new Followed(mesh, subject));
    }

    /** A quarter goes to whom the intentions are for, from another service, and a quarter comes from who has the endpoints. */
    private void measureAtHalf(Hamesh mesh) {
        Load most = Load.keepAlive(Protocol.HTTP);
        double capacity =
                stage.measure(mesh, most, plan.warmUp(), plan.duration()).requestsASecond();
        Load quarter = most.at((int) (capacity / 4));
        String program = stage.programs().load().toString();
        List<Command> loads = List.of(
                quarter.lasting(stage.pods().neighbour(), program, mesh.address(Protocol.HTTP)),
                quarter.lasting(stage.pods().caller(), program, mesh.changing()));
        stage.during(loads, () -> measure(AT_HALF, followed(mesh).toList()));
    }

    private void measure(String title, List<Followed> all) {
        List<Subject> subjects = all.stream().map(Followed::subject).toList();
        List<Long> haproxy = stage.hamesh().sidecar().proxy();
        List<Reaction> reactions = steps.step(
                "%s, %d times".formatted(title, plan.trials()),
                progress -> Reaction.measure(stage.pods().caller(), stage.programs(), subjects, plan.trials()));
        if (!haproxy.equals(stage.hamesh().sidecar().proxy())) {
            throw new IllegalStateException(
                    "HAProxy beside the caller was reloaded or started anew while it only had to follow changes");
        }
        for (int i = 0; i < all.size(); i++) {
            add(title, all.get(i), reactions.get(i));
        }
    }

    /** An endpoint that goes costs nobody a call, where HAmesh is. What others lose is told. */
    private void judge(Mesh mesh, Reaction reaction) {
        if (reaction.lost() > 0) {
            String said = "%s lost %d calls while an endpoint came and went".formatted(mesh.name(), reaction.lost());
            if (mesh instanceof Hamesh) {
                throw new IllegalStateException(said);
            }
            steps.say(said);
        }
    }

    private void add(String title, Followed followed, Reaction reaction) {
        judge(followed.mesh(), reaction);
        add(title, followed.subject().ending(), followed.mesh(), reaction.ended());
        add(title, followed.subject().beginning(), followed.mesh(), reaction.began());
    }

    /** The median of each round's share of the trials, and one tail of all. */
    private void add(String title, String change, Mesh mesh, List<Long> micros) {
        int share = Math.max(1, micros.size() / plan.rounds());
        int shares = Math.min(plan.rounds(), micros.size());
        for (int i = 0; i < shares; i++) {
            double median = percentile(micros.subList(i * share, (i + 1) * share), 50);
            results.add(title, change + ", p50, ms", "≤ 10 ms", mesh.name(), median / 1000);
        }
        if (micros.size() >= Reaction.TRIALS_OF_A_TAIL) {
            results.add(title, change + ", p99, ms", "≤ 50 ms", mesh.name(), percentile(micros, 99) / 1000);
        }
    }

    /** The least value that so many percent do not exceed. */
    static double percentile(List<Long> values, int percent) {
        return values.stream()
                .sorted()
                .skip((values.size() * (long) percent + 99) / 100 - 1)
                .findFirst()
                .orElseThrow();
    }
}
