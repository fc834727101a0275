package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.testbed.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Isolated;

/** Three Consul servers of the chart's own, on volumes: lost one by one, all at once, and with the release. */
@EndToEnd(release = EndToEnd.Release.OWN)
@Order(EndToEnd.BRINGS_OWN_RELEASE)
@Isolated("HAmesh goes, and comes with other servers")
@TestMethodOrder(OrderAnnotation.class)
class EmbeddedConsulIT {
    /** On any machine: it takes 4 s at most, and what was wrong once took 20 s to 28 s. */
    private static final Duration LEADER = Duration.ofSeconds(20);

    private static final Duration RESTART = Bound.of(Duration.ofSeconds(90));

    private static Release release;
    private static Scene scene;
    private static Disks disks;
    private static ClusterListing before;
    private static SmallMesh mesh;
    private static Consul consul;
    private static NodeShell node;
    private static int losses;

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
        node = NodeShell.on(scene);
    }

    @AfterAll
    static void removeDisks() {
        try {
            release.removeEverything();
        } finally {
            disks.close(); // a default StorageClass would be the next installation's
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

    /** As by a drain: it leaves, and comes back as another pod at another address. */
    @Test
    @Order(2)
    void leadersPodIsReplacedAndNobodyNotices() {
        for (int loss = 0; loss < Confidence.of(1, 3); loss++) {
            losingTheLeader(leader -> replace(List.of(leader)));
        }
    }

    @Test
    @Order(2)
    void leaderIsKilledWithoutAWordAndNobodyNotices() {
        losingTheLeader(leader -> assertThat(node.kill(leader, "consul")).isNotEmpty());
    }

    @Test
    @Order(3)
    void dataOutlivesAllServersThatGoTogether() {
        losingAllServers(() -> replace(servers()));
    }

    @Test
    @Tag("long")
    @Order(3)
    void dataOutlivesAllServersThatAreKilledTogether() {
        losingAllServers(() -> servers().forEach(server -> node.kill(server, "consul")));
    }

    private static void losingAllServers(Runnable loss) {
        String root = consul.activeRootId();
        JsonNode intentions = consul.intentions(mesh.db()).orElseThrow();
        mesh.underLoad(() -> {
            loss.run();
            return "";
        });
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

    private static void losingTheLeader(Consumer<Pod> loss) {
        String denied = "somebody-" + ++losses;
        mesh.underLoad(() -> {
            Pod leader = leader();
            loss.accept(leader);
            scene.apply(Intention.to(mesh.api()).allowing(mesh.web()).denying(denied));
            RunningPod api = scene.awaitReady("api");
            Eventually.within(LEADER, "an intention reaches a pod through the new leader", () -> assertThat(
                            api.proxy().file("intentions.map"))
                    .contains(denied + " deny"));
            return leader;
        });
        awaitThreeVoters();
    }

    private static List<Pod> servers() {
        return scene.client()
                .pods()
                .inNamespace(Scene.RELEASE)
                .withLabel("app.kubernetes.io/component", "consul")
                .list()
                .getItems();
    }

    /** Returns once none of these is left. Not by force: for a moment two pods would have one server's volume. */
    private static void replace(List<Pod> doomed) {
        doomed.forEach(pod -> scene.client().resource(pod).delete());
        Set<String> ids = doomed.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
        Eventually.that("pods to be gone", () -> assertThat(servers())
                .noneMatch(pod -> ids.contains(pod.getMetadata().getUid())));
    }

    /** The pod whose address is the leader's. */
    private static Pod leader() {
        String address = consul.get("/v1/status/leader").asText();
        String ip = address.substring(0, address.lastIndexOf(':'));
        return servers().stream()
                .filter(server -> ip.equals(server.getStatus().getPodIP()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no server has the leader's address, " + address));
    }

    private static void awaitThreeVoters() {
        Eventually.that("three servers to be back", RESTART, () -> {
            assertThat(servers()).hasSize(3).allMatch(Readiness::isPodReady);
            assertThat(consul.get("/v1/operator/raft/configuration").path("Servers"))
                    .hasSize(3)
                    .allMatch(server -> server.path("Voter").asBoolean());
        });
    }
}
