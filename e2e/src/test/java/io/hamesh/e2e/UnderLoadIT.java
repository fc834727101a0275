package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Load.Flow;
import io.hamesh.e2e.Load.Report;
import io.hamesh.model.Annotations;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Deployments scaled and restarted under load: {@code load} calls {@code mid}, which calls {@code back} and {@code db}, and
 * calls those directly, too. {@code -Dhamesh.e2e.load=10m} repeats each change for that long.
 */
@EndToEnd
@Order(EndToEnd.FIRST)
class UnderLoadIT {
    private static final int MID = 8080;
    private static final int BACK = 8081;
    private static final int DB = 8082;
    private static final Duration HOLD = Duration.ofMillis(50);

    /** Longer than a process takes to be killed: some are under way then. */
    private static final Duration CONTROL_HOLD = Duration.ofMillis(250);

    private static final Duration AT_LEAST = duration(System.getProperty("hamesh.e2e.load", "0s"));

    private static RunningPod load;
    private static AppDeployment mid;
    private static AppDeployment back;
    private static AppDeployment db;

    @BeforeAll
    static void start(Scene scene) {
        String client = scene.service("client");
        String midName = scene.service("mid");
        String backName = scene.service("back");
        String dbName = scene.service("db");
        scene.apply(Intention.to(midName).allowing(client));
        scene.apply(Intention.to(backName).allowing(client, midName));
        scene.apply(Intention.to(dbName).allowing(client, midName));
        load = scene.start(AppPod.load("load")
                .inMeshAs(client)
                .calling(midName + ":" + MID, backName + ":" + BACK, dbName + ":" + DB));
        mid = AppDeployment.create(
                scene,
                AppPod.worker("mid", midName, Protocol.HTTP)
                        .with("LEDGER", load.ip())
                        .with("NEXT_HTTP", Integer.toString(BACK))
                        .with("NEXT_TCP", Integer.toString(DB))
                        .calling(backName + ":" + BACK, dbName + ":" + DB),
                2);
        back = AppDeployment.create(
                scene, AppPod.worker("back", backName, Protocol.HTTP).with("LEDGER", load.ip()), 1);
        db = AppDeployment.create(scene, AppPod.worker("db", dbName, Protocol.TCP), 2);
        Stream.of(mid, back, db).forEach(AppDeployment::awaitRollout);
    }

    @Test
    void backendsScaleUpAndDown() {
        String before = processes();
        Load flow = Load.start(
                load,
                "scale",
                Flow.kept("GET", BACK, Duration.ZERO, 40),
                Flow.fresh("GET", BACK, Duration.ZERO, 20),
                Flow.kept("POST", BACK, HOLD, 20),
                Flow.fresh("POST", BACK, HOLD, 20));
        repeatedly("1 to 5 to 1", () -> {
            back.scale(5);
            back.awaitRollout();
            Eventually.timed(
                    "five backends answer",
                    () -> assertThat(flow.report().pods().keySet()).containsAll(back.podNames()));
            back.scale(1);
            back.awaitPods(1);
        });
        Report report = flow.stop(List.of(load), "back");
        String after = processes();
        System.out.printf("[load] scale: HAProxy before %s%n[load] scale: HAProxy after  %s%n", before, after);
        report.assertNothingLost();
        assertThat(report.pods()).hasSizeGreaterThanOrEqualTo(5);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void bothEndsAreRestarted() {
        back.scale(2);
        back.awaitRollout();
        Load flow = Load.start(
                load,
                "restart",
                Flow.kept("GET", MID, HOLD, 20),
                Flow.fresh("GET", MID, HOLD, 10),
                Flow.kept("POST", MID, HOLD, 20),
                Flow.fresh("POST", MID, HOLD, 10),
                Flow.tcp(DB, 20));
        List<String> first =
                Stream.of(mid, back, db).flatMap(d -> d.podNames().stream()).toList();
        repeatedly("rolling restart of both ends", () -> {
            Stream.of(mid, back, db).forEach(AppDeployment::restart);
            Stream.of(mid, back, db).forEach(AppDeployment::awaitRollout);
            Stream.of(mid, back, db).forEach(each -> each.awaitPods(2));
        });
        Report report = flow.stop(List.of(load), "mid", "back");
        report.assertNothingLost();
        assertThat(Stream.of(mid, back, db).flatMap(d -> d.podNames().stream())).doesNotContainAnyElementsOf(first);
        back.scale(1);
        back.awaitPods(1);
    }

    /** Without what the mesh does about it, the same count does count. */
    @Test
    void controlWithoutRetriesAndPauseLosesRequests(Scene scene) {
        String raw = scene.service("raw");
        String client = scene.service("raw-client");
        scene.apply(Intention.to(raw).allowing(client));
        AppPod worker = AppPod.worker("raw", raw, Protocol.HTTP)
                .running("sh", "-c", "node /apps/worker.mjs & echo $! > /tmp/pid; wait")
                .annotated(Annotations.PRE_STOP_SLEEP, "0");
        RunningPod control = scene.start(AppPod.load("control").inMeshAs(client).calling(raw + ":" + BACK));
        AppDeployment workers = AppDeployment.create(scene, worker.with("LEDGER", control.ip()), 1);
        workers.awaitRollout();
        Load flow = Load.start(control, "control", Flow.kept("POST", BACK, CONTROL_HOLD, 40));
        control.proxy().retryNothing();
        long before = flow.report().failed();
        // Not expected to succeed: the container ends with the worker, and the shell may end with the container.
        scene.kubectl()
                .run("exec", workers.podNames().getFirst(), "-c", "app", "--", "sh", "-c", "kill -9 $(cat /tmp/pid)");
        Eventually.that(
                "the control to lose requests",
                () -> assertThat(flow.report().failed()).isGreaterThan(before));
        flow.stop(List.of(control), "raw");
        workers.scale(0);
    }

    private static void repeatedly(String what, Runnable change) {
        long start = System.nanoTime();
        int rounds = 0;
        do {
            change.run();
            rounds++;
        } while (System.nanoTime() - start < AT_LEAST.toNanos());
        System.out.printf("[time] %s, %d times: %d ms%n", what, rounds, (System.nanoTime() - start) / 1_000_000);
    }

    /** Process ids and start times of HAProxy's master and worker, and how often the agent had it reload. */
    private static String processes() {
        long reloads = load.agentLog()
                .lines()
                .filter(line -> line.contains("how=\"reload"))
                .count();
        return load.proxy().processes() + " reloads=" + reloads;
    }

    private static Duration duration(String text) {
        return Duration.parse("PT" + text);
    }
}
