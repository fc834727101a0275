package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Load.Flow;
import io.hamesh.e2e.Load.Report;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Applications that die or hang while their pods stay ready and in Consul: their sidecars live, and nobody but the mesh
 * notices. What was being done is lost; what comes afterwards is not.
 */
@EndToEnd
class DeadAppIT {
    private static final int API = 8080;
    private static final int DB = 8081;
    private static final int KILLS = 4;

    /** Of three hundred: what an application that hangs may hold up. */
    private static final long WAITING = 30;

    /** For what only waits for its turn: healthy applications answer slowly on a machine that is busy. */
    private static final Duration OTHERS = Bound.of(Duration.ofSeconds(10));

    private static final Duration HOLD = Duration.ofMillis(20);

    /** Comes back a second after each death, in the same container, unless told to stop: the kubelet sees nothing. */
    private static final String RESPAWNING = "while true; do node /apps/worker.mjs & echo $! > /tmp/pid; wait; sleep 1;"
            + " while [ -e /tmp/stop ]; do sleep 1; done; done";

    private static RunningPod load;
    private static RunningPod api;
    private static RunningPod db;

    @BeforeAll
    static void start(Scene scene) {
        String client = scene.service("client");
        String apiName = scene.service("api");
        String dbName = scene.service("db");
        scene.apply(Intention.to(apiName).allowing(client));
        scene.apply(Intention.to(dbName).allowing(client));
        load = scene.start(AppPod.load("load").inMeshAs(client).calling(apiName + ":" + API, dbName + ":" + DB));
        List<RunningPod> pods = scene.start(
                worker("api-1", apiName, Protocol.HTTP),
                worker("api-2", apiName, Protocol.HTTP),
                worker("api-3", apiName, Protocol.HTTP),
                worker("db-1", dbName, Protocol.TCP),
                worker("db-2", dbName, Protocol.TCP));
        api = pods.get(0);
        db = pods.get(3);
        scene.awaitEndpoints(apiName, 3);
        scene.awaitEndpoints(dbName, 2);
        Load first = load("first");
        awaitAnswers(first, pods.toArray(RunningPod[]::new));
        first.stop(List.of(load));
    }

    private static AppPod worker(String name, String service, Protocol protocol) {
        return AppPod.worker(name, service, protocol)
                .with("NAME", "worker")
                .with("LEDGER", load.ip())
                .running("sh", "-c", RESPAWNING);
    }

    @Test
    void onlyWhatWasUnderWayIsLostWhenAnApplicationIsKilledAgainAndAgain() {
        Load flow = load("killed");
        long underWay = 0;
        for (int i = 0; i < KILLS; i++) {
            awaitAnswers(flow, api, db);
            underWay += underWayWhile(flow, () -> {
                signal(api, "KILL");
                signal(db, "KILL");
            });
        }
        awaitAnswers(flow, api, db);
        assertOnlyUnderWayLost(flow.stop(List.of(load), "worker"), underWay);
    }

    @Test
    void nothingIsAskedOfAnApplicationThatStaysDead() {
        Load flow = load("dead");
        awaitAnswers(flow, api);
        long underWay = underWayWhile(flow, () -> shell(api, "touch /tmp/stop; kill -9 $(cat /tmp/pid)"));
        try {
            long soFar = flow.report().sent();
            Eventually.that(
                    "two hundred more requests",
                    () -> assertThat(flow.report().sent()).isGreaterThan(soFar + 200));
            assertOnlyUnderWayLost(flow.stop(List.of(load), "worker"), underWay);
        } finally {
            shell(api, "rm /tmp/stop");
        }
    }

    /** It takes connections and does not answer: as the most loaded it is given no more than it has open already. */
    @Test
    void applicationThatHangsHoldsUpFew() {
        Load flow = load("hanging");
        awaitAnswers(flow, api);
        signal(api, "STOP");
        long soFar = flow.report().sent();
        try {
            Eventually.that(
                    "three hundred more requests",
                    () -> assertThat(flow.report().sent()).isGreaterThan(soFar + 300));
            Eventually.that("all but a few to be answered", OTHERS, () -> assertThat(
                            flow.report().unanswered())
                    .isLessThan(WAITING));
            System.out.printf(
                    "[load] hanging: %d of 300 requests wait for the application that hangs%n",
                    flow.report().unanswered());
        } finally {
            signal(api, "CONT");
        }
        Report report = flow.stop(List.of(load), "worker");
        assertThat(report.seenTwice()).isEmpty();
        assertThat(report.failed()).as("given to the application that hung").isLessThan(WAITING);
    }

    private static Load load(String id) {
        return Load.start(
                load,
                id,
                Flow.kept("GET", API, HOLD, 20),
                Flow.fresh("GET", API, HOLD, 20),
                Flow.kept("POST", API, HOLD, 20),
                Flow.fresh("POST", API, HOLD, 20),
                Flow.tcp(DB, 20));
    }

    private static void assertOnlyUnderWayLost(Report report, long underWay) {
        System.out.printf("[load] %d failed, %d were under way at a kill%n", report.failed(), underWay);
        assertThat(report.seenTwice()).isEmpty();
        assertThat(report.unseen()).isZero();
        assertThat(report.failed()).isLessThanOrEqualTo(underWay);
        assertThat(report.flows().entrySet())
                .filteredOn(flow -> flow.getKey().startsWith("GET"))
                .as("what may be repeated is repeated elsewhere; failed: %s", report.failures())
                .allMatch(flow -> flow.getValue().failed() == 0);
    }

    /**
     * How many requests were open at a time, at most: at this load they are few. One more may be on its way, and one TCP
     * connection finds out what happened, and waits for the application in vain.
     */
    private static long underWayWhile(Load flow, Runnable kill) {
        flow.most();
        kill.run();
        return flow.most() + 2;
    }

    /** Until each has answered again. */
    private static void awaitAnswers(Load flow, RunningPod... pods) {
        for (RunningPod pod : pods) {
            long before = flow.report().pods().getOrDefault(pod.name(), 0L);
            Eventually.that(pod.name() + " to answer", () -> assertThat(
                            flow.report().pods().getOrDefault(pod.name(), 0L))
                    .isGreaterThan(before));
        }
    }

    private static void signal(RunningPod pod, String name) {
        shell(pod, "kill -" + name + " $(cat /tmp/pid)");
    }

    private static void shell(RunningPod pod, String command) {
        pod.scene()
                .kubectl()
                .run("exec", pod.name(), "-c", "app", "--", "sh", "-c", command)
                .expectSuccess();
    }
}
