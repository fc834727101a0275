package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Consul goes and comes back: first without all that it knew, then as it was. In this order, because its pod is then a new
 * one, whose container kubelet restarts at once.
 */
@EndToEnd
@Isolated("Consul is killed")
@TestMethodOrder(OrderAnnotation.class)
class ConsulLossIT {
    private static final int API = 8080;
    private static final int DB = 8081;

    /** Each minute the operator compares everything in any case. */
    private static final Duration REBUILT = Bound.of(Duration.ofSeconds(30), Duration.ofSeconds(60));

    private static final Duration OLD_CA = Bound.of(Duration.ofSeconds(90));

    private static Scene scene;
    private static String api;
    private static String db;
    private static String web;
    private static RunningPod client;
    private static String oldRoot;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        db = scene.service("db");
        web = scene.service("web");
        scene.apply(Intention.to(api).allowing(web));
        scene.apply(Intention.to(db).allowing(web));
        client = scene.start(
                        AppPod.caller("web").inMeshAs(web).calling(api + ":" + API, db + ":" + DB),
                        AppPod.server("api", api, Protocol.HTTP),
                        AppPod.server("db", db, Protocol.TCP))
                .getFirst();
        awaitBoth();
        for (StreamKind kind : StreamKind.values()) {
            client.caller().open(kind.name(), kind, kind == StreamKind.TCP ? DB : API);
        }
        oldRoot = root();
    }

    @Test
    @Order(1)
    void dataLostAreRebuiltAndSidecarsMoveToTheNewTrustDomain() {
        String oldDomain = scene.consul().trustDomain();
        load(API, StreamKind.SSE);
        load(DB, StreamKind.TCP);
        long start = System.nanoTime();
        scene.release().run("delete", "pod", "hamesh-consul-0", "--wait=false").expectSuccess();
        Eventually.that("Consul to be back without its data", Scene.POD_START, () -> assertThat(
                        scene.consul().trustDomain())
                .isNotEqualTo(oldDomain));
        since(start, "Consul's pod deleted → Consul is back");
        awaitWhileConsulIsAway("registrations, claims and intentions to be rebuilt", () -> {
            assertThat(List.of(api, db)).allSatisfy(service -> {
                assertThat(scene.consul().instances(service)).hasSize(1).allMatch(Instance::isPassing);
                assertThat(scene.consul().intentions(service)).isPresent();
                assertThat(scene.consul().owners(service)).containsExactly(scene.namespace());
            });
        });
        Duration rebuilt = since(start, "Consul's pod deleted → registrations, claims and intentions rebuilt");
        Eventually.that("the caller's identity to be of the new trust domain", () -> assertThat(
                        client.caller().get(API, "/").body())
                .contains("URI=" + scene.consul().identity(web).uri()));
        Duration moved = since(start, "Consul's pod deleted → the caller's identity is of the new trust domain");
        Counts http = client.caller().stopLoad("load-" + API);
        Counts tcp = client.caller().stopLoad("load-" + DB);
        System.out.println("[loss] http " + http);
        System.out.println("[loss] tcp  " + tcp);
        assertThat(rebuilt).isLessThanOrEqualTo(REBUILT);
        assertThat(moved).isLessThanOrEqualTo(REBUILT);
        assertThat(http.failed() + tcp.failed()).as(http + " " + tcp).isZero();
        assertThat(http.ok()).isGreaterThan(100);
        assertStreamsFlow();
    }

    @Test
    @Order(2)
    void restartOfItsContainerCutsNothing() {
        load(API, StreamKind.SSE);
        load(DB, StreamKind.TCP);
        long start = System.nanoTime();
        killConsulsContainer();
        Eventually.that("the container to be another", Scene.POD_START, () -> assertThat(scene.client()
                        .pods()
                        .inNamespace(Scene.RELEASE)
                        .withName("hamesh-consul-0")
                        .get()
                        .getStatus()
                        .getContainerStatuses())
                .allMatch(status -> status.getRestartCount() > 0 && status.getReady()));
        since(start, "Consul's container killed → ready again");
        assertStreamsFlow();
        Counts tcp = client.caller().stopLoad("load-" + DB);
        System.out.println("[loss] tcp  " + tcp);
        assertThat(tcp.failed()).as(tcp.toString()).isZero();
        scene.apply(Intention.to(api).allowing(web, "another"));
        scene.apply(Intention.to(db).allowing("another"));
        Eventually.that(
                "a change to reach the sidecars again",
                () -> assertThat(client.caller().line(DB, "PING").refused()).isTrue());
        since(start, "Consul's container killed → a change reaches the sidecars");
        Counts http = client.caller().stopLoad("load-" + API);
        System.out.println("[loss] http " + http);
        assertThat(http.failed()).as(http.toString()).isZero();
        assertThat(scene.consul().instances(api)).hasSize(1).allMatch(Instance::isPassing);
    }

    /** After a minute of its own. */
    @Test
    @Tag("long")
    @Order(3)
    void oldCaIsForgotten() {
        Eventually.that(
                "the old root to go", OLD_CA, () -> assertThat(client.proxy().file("roots.pem"))
                        .doesNotContain(oldRoot)
                        .contains(root()));
        assertThat(client.proxy().file("haproxy.cfg")).doesNotContain("FORMER");
        assertThat(client.caller().get(API, "/").status()).isEqualTo(200);
        assertFlows(StreamKind.SSE);
        assertFlows(StreamKind.WEBSOCKET);
    }

    private static void awaitWhileConsulIsAway(String what, ThrowingRunnable assertions) {
        Awaitility.await(what)
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .untilAsserted(assertions);
    }

    /** By a process beside it: its image has no shell. */
    private static void killConsulsContainer() {
        Eventually.changed(() -> scene.client()
                .pods()
                .inNamespace(Scene.RELEASE)
                .withName("hamesh-consul-0")
                .ephemeralContainers()
                .edit(pod -> new PodBuilder(pod)
                        .editSpec()
                        .addNewEphemeralContainer()
                        .withName("end")
                        .withImage(TestImages.NODE)
                        .withImagePullPolicy("IfNotPresent")
                        .withTargetContainerName("consul")
                        .withCommand("node", "-e", "process.kill(1, 'SIGTERM')")
                        .endEphemeralContainer()
                        .endSpec()
                        .build()));
    }

    private static void load(int port, StreamKind kind) {
        client.caller().load("load-" + port, kind, port, Duration.ofMillis(20));
    }

    private static void awaitBoth() {
        Eventually.that("both services to answer", () -> {
            assertThat(client.caller().get(API, "/").status()).isEqualTo(200);
            assertThat(client.caller().line(DB, "PING").received()).startsWith("PONG");
        });
    }

    private static void assertStreamsFlow() {
        for (StreamKind kind : StreamKind.values()) {
            assertFlows(kind);
        }
    }

    private static void assertFlows(StreamKind kind) {
        long before = client.caller().stream(kind.name()).bytes();
        Eventually.that(
                kind + " to flow on",
                () -> assertThat(client.caller().stream(kind.name()).bytes()).isGreaterThan(before));
    }

    private static String root() {
        return scene.consul()
                .get("/v1/connect/ca/roots")
                .path("Roots")
                .get(0)
                .path("RootCert")
                .asText()
                .strip();
    }

    private static Duration since(long start, String what) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("[time] %s: %d ms%n", what, took.toMillis());
        return took;
    }
}
