package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.testbed.Platform;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Isolated;

/** Three Consul servers of the chart's own, on volumes: lost one by one, all at once, and with the release. */
@EndToEnd
@Isolated("HAmesh goes, and comes with other servers")
@TestMethodOrder(OrderAnnotation.class)
class EmbeddedConsulIT {
    private static final Duration LEADER = Duration.ofSeconds(20);
    private static final Duration RESTART = Duration.ofSeconds(90);

    private static Release release;
    private static Scene scene;
    private static Disks disks;
    private static ClusterListing before;
    private static SmallMesh mesh;
    private static Consul consul;

    @BeforeAll
    static void start(Platform platform, Scene given) {
        release = new Release(platform);
        scene = given;
        release.removeEverything();
        disks = Disks.make(scene, 3);
        before = ClusterListing.of(scene.kubectl());
        release.install("consul.embedded.servers=3");
        consul = release.consul(scene.kubectl());
        SmallMesh names = SmallMesh.in(scene);
        scene.apply(Intention.to(names.api()).allowing(names.web()));
        scene.apply(Intention.to(names.db()).allowing(names.web()));
        mesh = names.start();
    }

    @AfterAll
    static void installAgain() {
        try {
            release.removeEverything();
        } finally {
            disks.close(); // first: a default StorageClass would be the next installation's
            release.install();
        }
    }

    @Test
    @Order(1)
    void threeServersAgreeEachOnAVolumeOfItsOwn() {
        assertThat(consul.get("/v1/status/peers")).hasSize(3);
        assertThat(scene.client()
                        .persistentVolumeClaims()
                        .inNamespace(Scene.RELEASE)
                        .list()
                        .getItems())
                .hasSize(3)
                .allSatisfy(claim -> assertThat(claim.getStatus().getPhase()).isEqualTo("Bound"));
    }

    @Test
    @Order(2)
    void leadersDeathDisturbsNobody() {
        mesh.underLoad(() -> {
            String leader = leader();
            String pod = podAt(leader.substring(0, leader.lastIndexOf(':')));
            scene.release()
                    .run("delete", "pod", pod, "--grace-period=0", "--force")
                    .expectSuccess();
            Duration took = Eventually.timed(
                    "another leader after the first was killed",
                    () -> assertThat(leader()).isNotEmpty().isNotEqualTo(leader));
            assertThat(took).isLessThan(LEADER);
            scene.apply(Intention.to(mesh.api()).allowing(mesh.web()).denying("somebody"));
            RunningPod api = scene.awaitReady("api");
            Eventually.timed(
                    "an intention reaches a pod through the new leader",
                    () -> assertThat(api.proxy().file("intentions.map")).contains("somebody deny"));
            return pod;
        });
        awaitThreeVoters();
    }

    @Test
    @Order(3)
    void dataOutlivesAllServers() {
        String root = consul.activeRootId();
        JsonNode intentions = consul.intentions(mesh.db()).orElseThrow();
        mesh.underLoad(() -> scene.release()
                .run("delete", "pods", "-l", "app.kubernetes.io/component=consul", "--grace-period=1")
                .expectSuccess());
        awaitThreeVoters();
        assertThat(consul.activeRootId()).isEqualTo(root);
        assertThat(consul.intentions(mesh.db())).contains(intentions);
    }

    @Test
    @Order(4)
    void whatCannotChangeIsRefusedByItsName() {
        for (String change : List.of(
                "consul.embedded.servers=1",
                "consul.embedded.storage.enabled=false",
                "consul.embedded.storage.size=2Gi",
                "consul.embedded.storage.storageClass=other")) {
            assertThat(release.refusedUpgrade("consul.embedded.servers=3", change))
                    .contains(change.substring(0, change.indexOf('=')) + ":", "cannot change while Consul runs here");
        }
        assertThat(consul.get("/v1/status/peers")).hasSize(3);
    }

    @Test
    @Order(5)
    void meshGoesOnWhenItsConsulGoesAndTheVolumesStay() {
        String said = mesh.underLoad(() -> {
            String uninstallation = release.uninstall();
            mesh.awaitExchanges(250);
            return uninstallation;
        });
        before.awaitOnlyTheContractBesides(
                scene.kubectl(),
                "PersistentVolumeClaim hamesh-system data-hamesh-consul-0",
                "PersistentVolumeClaim hamesh-system data-hamesh-consul-1",
                "PersistentVolumeClaim hamesh-system data-hamesh-consul-2");
        release.removeTheRest(said);
        assertThat(ClusterListing.of(scene.kubectl()).beyond(before)).isEmpty();
    }

    private static String leader() {
        return consul.get("/v1/status/leader").asText();
    }

    private static String podAt(String ip) {
        return scene.client().pods().inNamespace(Scene.RELEASE).list().getItems().stream()
                .filter(pod -> ip.equals(pod.getStatus().getPodIP()))
                .map(pod -> pod.getMetadata().getName())
                .findFirst()
                .orElseThrow();
    }

    private static void awaitThreeVoters() {
        Eventually.that("three servers to be back", RESTART, () -> {
            assertThat(scene.client()
                            .pods()
                            .inNamespace(Scene.RELEASE)
                            .withLabel("app.kubernetes.io/component", "consul")
                            .list()
                            .getItems())
                    .hasSize(3)
                    .allMatch(Readiness::isPodReady);
            assertThat(raftServers()).hasSize(3).allMatch(server -> server.path("Voter")
                    .asBoolean());
        });
    }

    /** None while nobody answers: ready pods may still be unknown to the Service. */
    private static JsonNode raftServers() {
        try {
            return consul.get("/v1/operator/raft/configuration").path("Servers");
        } catch (UncheckedIOException e) {
            return MissingNode.getInstance();
        }
    }
}
