package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Endpoints, certificates and intentions change under load: the same HAProxy processes, no exchange lost. */
@EndToEnd
@Isolated("the whole mesh moves to another root")
class NoReloadIT {
    private static final int API = 8080;
    private static final int DB = 8081;

    private static Scene scene;
    private static String api;
    private static String db;
    private static String web;
    private static RunningPod caller;
    private static RunningPod firstApi;
    private static RunningPod firstDb;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        db = scene.service("db");
        web = scene.service("web");
        scene.apply(Intention.to(api).allowing(web));
        scene.apply(Intention.to(db).allowing(web));
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(api + ":" + API, db + ":" + DB),
                AppPod.server("api", api, Protocol.HTTP),
                AppPod.server("db", db, Protocol.TCP));
        caller = pods.get(0);
        firstApi = pods.get(1);
        firstDb = pods.get(2);
        Eventually.that("both services to answer", () -> {
            assertThat(caller.caller().get(API, "/").status()).isEqualTo(200);
            assertThat(caller.caller().line(DB, "PING").received()).startsWith("PONG");
        });
    }

    @AfterAll
    static void leaveOurRoot() {
        scene.consul().signWithNewRoot();
    }

    @Test
    void endpointsComeAndGo() {
        underLoad(() -> {
            Stream.of(AppPod.server("api-2", api, Protocol.HTTP), AppPod.server("db-2", db, Protocol.TCP))
                    .map(AppPod::build)
                    .map(AppDeployment::readyOnceItListens)
                    .map(AppDeployment::stoppedUnderLoad)
                    .forEach(scene::create);
            List<RunningPod> more = List.of(scene.awaitReady("api-2"), scene.awaitReady("db-2"));
            more.forEach(pod ->
                    Eventually.timed("a new endpoint " + pod.name() + " takes its share", () -> assertThat(answering())
                            .contains(pod.name())));
            more.forEach(scene::delete);
            scene.awaitEndpoints(api, 1);
            scene.awaitEndpoints(db, 1);
            Eventually.that(
                    "the pods to be gone", () -> assertThat(scene.podNames()).doesNotContain("api-2", "db-2"));
        });
    }

    @Test
    void intentionsOfOthersFlip() {
        underLoad(() -> {
            for (int i = 0; i < 5; i++) {
                String map = i % 2 == 0 ? "deny" : "allow";
                Intention more = map.equals("deny")
                        ? Intention.to(api).allowing(web).denying("somebody")
                        : Intention.to(api).allowing(web, "somebody");
                scene.apply(more);
                Eventually.that("the map to say " + map, () -> assertThat(
                                firstApi.proxy().file("intentions.map"))
                        .contains("somebody " + map));
            }
        });
    }

    @Test
    void rootAndLeafRotate() {
        Authority next = new Authority("next root", scene.consul().trustDomain());
        underLoad(() -> {
            assertThat(issuerOfServed(firstApi)).doesNotContain("next root");
            scene.consul().signWith(next.root());
            for (RunningPod pod : List.of(firstApi, firstDb)) {
                Eventually.timed(pod.name() + " serves a leaf of the next root", () -> assertThat(issuerOfServed(pod))
                        .contains("next root"));
            }
            Eventually.that(
                    "the caller to have followed",
                    () -> assertThat(caller.proxy().trusts(next.root())).isTrue());
        });
        assertThat(caller.caller().get(API, "/").status()).isEqualTo(200);
    }

    private static String issuerOfServed(RunningPod pod) {
        return TlsCaller.withoutCertificate().issuerOf(pod.address(MeshPorts.INBOUND));
    }

    private static void underLoad(Runnable change) {
        List<RunningPod> pods = List.of(caller, firstApi, firstDb);
        List<List<String>> before =
                pods.stream().map(pod -> pod.proxy().processes()).toList();
        assertThat(before).noneMatch(List::isEmpty);
        caller.caller().load("http", StreamKind.SSE, API, Duration.ofMillis(20));
        caller.caller().load("tcp", StreamKind.TCP, DB, Duration.ofMillis(20));
        Eventually.that("the load to flow", () -> assertThat(answering()).contains("api", "db"));
        change.run();
        Counts http = caller.caller().stopLoad("http");
        Counts tcp = caller.caller().stopLoad("tcp");
        System.out.printf("[load] http %s%n[load] tcp %s%n", http, tcp);
        assertThat(http.failures()).isEmpty();
        assertThat(tcp.failures()).isEmpty();
        assertThat(pods.stream().map(pod -> pod.proxy().processes()).toList()).isEqualTo(before);
    }

    private static List<String> answering() {
        return List.of("http", "tcp").stream()
                .flatMap(id -> caller.caller().counts(id).pods().keySet().stream())
                .toList();
    }
}
