package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.HttpAnswer;
import io.hamesh.e2e.Caller.TcpAnswer;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Services start in any order. */
@EndToEnd
class LateUpstreamIT {
    private static final int API = 8080;
    private static final int DB = 8081;

    /** Less than the 3 s for which HAProxy tries to connect. */
    private static final Duration FAST = Bound.of(Duration.ofSeconds(1));

    @Test
    void upstreamThatDoesNotExistYetFailsFastAndWorksOnceItExists(Scene scene) {
        String api = scene.service("api");
        String db = scene.service("db");
        String web = scene.service("web");
        // What declares a service's protocol before any pod of it runs.
        scene.consul().setProtocol(api, Protocol.HTTP);
        Caller caller = scene.start(AppPod.caller("web").inMeshAs(web).calling(api + ":" + API, db + ":" + DB))
                .caller();

        HttpAnswer http = caller.get(API, "/");
        assertThat(http.status()).isEqualTo(503);
        assertFast("HTTP", () -> caller.get(API, "/").ms());
        assertThat(http.headers()).doesNotContainKey("x-hamesh-denied");
        TcpAnswer tcp = caller.line(DB, "PING");
        assertThat(tcp.refused()).as(tcp.toString()).isTrue();
        assertFast("TCP", () -> caller.line(DB, "PING").ms());

        scene.apply(Intention.to(api).allowing(web));
        scene.apply(Intention.to(db).allowing(web));
        scene.start(AppPod.server("api", api, Protocol.HTTP), AppPod.server("db", db, Protocol.TCP));
        Eventually.timed("late upstreams reachable after they are ready", () -> {
            assertThat(caller.get(API, "/").status()).isEqualTo(200);
            assertThat(caller.line(DB, "PING").received()).startsWith("PONG");
        });
        scene.consul().deleteProtocol(api);
    }

    @Test
    void upstreamWhoseProtocolIsOnlyLearntFromItsFirstPodWorksToo(Scene scene) {
        String late = scene.service("late");
        String client = scene.service("client");
        RunningPod pod = scene.start(AppPod.caller("client").inMeshAs(client).calling(late + ":" + API));
        assertFast(
                "TCP that turns out to be HTTP",
                () -> pod.caller().get(API, "/").ms());

        scene.apply(Intention.to(late).allowing(client));
        scene.start(AppPod.server("late", late, Protocol.HTTP));
        Eventually.timed(
                "an upstream that turned out to speak HTTP answers",
                () -> assertThat(pod.caller().get(API, "/").status()).isEqualTo(200));
        assertThat(pod.restarts()).isZero();
    }

    /** The quickest of five: the first one of a caller that has just started takes as long as the machine lets it. */
    private static void assertFast(String what, LongSupplier ms) {
        long quickest = LongStream.generate(ms).limit(5).min().orElseThrow();
        System.out.printf("[time] nobody's upstream fails, %s: %d ms%n", what, quickest);
        assertThat(quickest).isLessThan(FAST.toMillis());
    }
}
