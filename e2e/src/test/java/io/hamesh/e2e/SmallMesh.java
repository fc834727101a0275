package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** One caller, an HTTP and a TCP service, for what must not disturb them. */
record SmallMesh(Scene scene, Caller caller, String web, String api, String db) {
    private static final int API = 8080;
    private static final int DB = 8081;
    private static final Duration EVERY = Duration.ofMillis(20);
    private static final List<String> LOADS = List.of("http", "tcp");

    /** The services' names, before anything of it runs. */
    static SmallMesh in(Scene scene) {
        return new SmallMesh(
                scene,
                new Caller(new RunningPod(scene, "web", "")),
                scene.service("web"),
                scene.service("api"),
                scene.service("db"));
    }

    /** Starts the pods; returns once both services answer, which intentions have to allow. */
    SmallMesh start() {
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(api + ":" + API, db + ":" + DB),
                AppPod.server("api", api, Protocol.HTTP),
                AppPod.server("db", db, Protocol.TCP));
        SmallMesh started = new SmallMesh(scene, pods.getFirst().caller(), web, api, db);
        Eventually.that("both services to answer", () -> {
            assertThat(started.apiStatus()).isEqualTo(200);
            assertThat(started.caller.line(DB, "PING").received()).startsWith("PONG");
        });
        return started;
    }

    int apiStatus() {
        return caller.get(API, "/").status();
    }

    /** What {@code change} returned; no exchange may fail from before it until after it. */
    <T> T underLoad(Supplier<T> change) {
        caller.load("http", StreamKind.SSE, API, EVERY);
        caller.load("tcp", StreamKind.TCP, DB, EVERY);
        awaitExchanges(50);
        T result = change.get();
        awaitExchanges(50);
        for (String load : LOADS) {
            Counts counts = caller.stopLoad(load);
            System.out.printf("[load] %s %s%n", load, counts);
            assertThat(counts.failures()).isEmpty();
        }
        return result;
    }

    /** Under load: waits until both services have answered that often more. */
    void awaitExchanges(int more) {
        for (String load : LOADS) {
            long now = caller.counts(load).ok();
            Eventually.that(
                    more + " more exchanges of " + load,
                    () -> assertThat(caller.counts(load).ok()).isGreaterThan(now + more));
        }
    }

    /** Under load: waits until that pod has answered for the HTTP service. */
    void awaitAnswerOf(RunningPod pod) {
        Eventually.timed(
                pod.name() + " takes its share",
                () -> assertThat(caller.counts("http").pods()).containsKey(pod.name()));
    }
}
