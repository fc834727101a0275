package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.Platform;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Isolated;

/** Who has a name when Consul is away, and when the values of the release say so. */
@EndToEnd(release = EndToEnd.Release.LEFT_CHANGED)
@Order(EndToEnd.LEAVES_RELEASE_CHANGED)
@Isolated("Consul is away, and the release changes meanwhile")
@TestMethodOrder(OrderAnnotation.class)
class OwnershipChangesIT {
    private static final Duration SOON = Bound.of(Duration.ofSeconds(10));

    /**
     * The operator looks after all names every 5.2 s. One look finds that nobody lives on the name any more, and the next
     * one that this is more than a second ago: without any haste that is 10.4 s.
     */
    private static final Duration TWO_LOOKS = Bound.of(Duration.ofSeconds(12));

    /** So many in a row that each replica is asked. */
    private static final int SEVERAL = 6;

    private static Scene scene;
    private static Neighbour neighbour;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        neighbour = Neighbour.of(scene, "b");
    }

    @AfterAll
    static void end() {
        neighbour.close();
    }

    @Test
    void withConsulAwayOwnedNamesAreJudgedAndUnknownOnesAtRegistration() {
        String known = scene.service("known");
        scene.create(AppPod.caller("known").inMeshAs(known));
        awaitOwners(known, scene.namespace());
        String unknown = scene.service("unknown");
        try (ConsulService consul = ConsulService.of(scene)) {
            consul.leadNowhere();
            endOpenConnections();
            assertThat(create(neighbour.scene(), AppPod.caller("thief").inMeshAs(known))
                            .err())
                    .contains("\"" + known + "\" belongs to namespace " + scene.namespace());
            create(scene, AppPod.server("first", unknown, Protocol.TCP)).expectSuccess();
            awaitNextSecond(); // ages have whole seconds
            create(neighbour.scene(), AppPod.server("second", unknown, Protocol.TCP))
                    .expectSuccess();
        }
        Eventually.timed("the younger pod to be refused at registration", () -> assertThat(
                        events(neighbour.scene(), "second"))
                .contains("ServiceNameNotOwned", "belongs to namespace " + scene.namespace(), "choose another name"));
        RunningPod first = scene.awaitReady("first");
        neighbour.scene().awaitReady("second");
        scene.awaitEndpoints(unknown, 1);
        assertThat(scene.consul().endpoints(unknown)).containsExactly(first.ip() + ":20000");
    }

    /** Those that the operator has would lead to Consul still. Its container starts anew, with its data. */
    private static void endOpenConnections() {
        scene.release().run("exec", "hamesh-consul-0", "--", "consul", "leave");
    }

    @Test
    void valuesDecideWhoMayBeAService(Platform platform) {
        String listed = scene.service("listed");
        String idle = scene.service("idle");
        RunningPod pod = scene.start(AppPod.server("listed", listed, Protocol.TCP));
        scene.apply(Intention.to(listed).allowing("web"));
        scene.create(AppPod.caller("idle").inMeshAs(idle));
        awaitOwners(idle, scene.namespace());
        scene.awaitEndpoints(listed, 1);
        assertThat(create(neighbour.scene(), AppPod.caller("early").inMeshAs(listed))
                        .err())
                .contains("belongs to namespace " + scene.namespace());
        platform.installHamesh(
                "--set-json",
                "services={\"" + listed + "\": {\"namespaces\": [\"" + neighbour.namespace() + "\"]}}",
                "--set",
                "serviceNames.kept=1s");
        movesToTheListedNamespace(listed, pod);
        endsSoonAfterItsLastPod(idle);
        platform.installHamesh();
        Eventually.that(
                "what is no longer listed to be free for who lives on it",
                () -> assertThat(scene.consul().owners(listed)).containsExactly(neighbour.namespace()));
    }

    /** The last one, because it leaves the release with these values. */
    @Test
    @Order(Integer.MAX_VALUE)
    void whereNamesAreGrantedOnlyAdministratorsGiveThem(Platform platform) {
        String held = scene.service("held");
        String granted = scene.service("granted");
        RunningPod pod = scene.start(AppPod.server("held", held, Protocol.TCP));
        scene.awaitEndpoints(held, 1);
        platform.installHamesh("--set", "serviceNames.grantedOnly=true");
        // One with the values of before may answer until it has drained: a dry run lets it claim nothing.
        Eventually.that("all replicas to have the new values", () -> {
            for (int i = 0; i < SEVERAL; i++) {
                assertThat(dryRun(AppPod.caller("ungranted").inMeshAs(granted)).err())
                        .contains("\"" + granted + "\" is granted to no namespace");
            }
        });
        assertThat(scene.consul().endpoints(held)).as("no living pod").containsExactly(pod.ip() + ":20000");
        assertThat(usersMayAnnotate(neighbour.namespace())).startsWith("no");
        annotate(neighbour.namespace(), "hamesh.io/services=" + granted);
        Eventually.that("the granted name to be admitted", () -> assertThat(
                        create(neighbour.scene(), AppPod.server("granted", granted, Protocol.TCP))
                                .out())
                .contains("granted"));
        scene.awaitEndpoints(granted, 1);
        assertThat(create(scene, AppPod.caller("ungranted").inMeshAs(granted)).err())
                .contains("belongs to namespace " + neighbour.namespace() + " by the annotation hamesh.io/services");
        annotate(neighbour.namespace(), "hamesh.io/services-");
        Eventually.timed(
                "a withdrawn grant to end",
                () -> assertThat(scene.consul().endpoints(granted)).isEmpty());
        assertThat(scene.consul().endpoints(held)).containsExactly(pod.ip() + ":20000");
    }

    private static Kubectl.Result dryRun(AppPod pod) {
        return scene.kubectl().runWith(Serialization.asYaml(pod.build()), "apply", "--dry-run=server", "-f", "-");
    }

    private static void annotate(String namespace, String annotation) {
        scene.kubectl()
                .run("annotate", "namespace", namespace, "--overwrite", annotation)
                .expectSuccess();
    }

    /** Somebody with Kubernetes' own role {@code admin} in that namespace. */
    private static String usersMayAnnotate(String namespace) {
        neighbour
                .scene()
                .kubectl()
                .run("create", "rolebinding", "owner", "--clusterrole=admin", "--user=owner")
                .expectSuccess();
        assertThat(neighbour
                        .scene()
                        .kubectl()
                        .run("auth", "can-i", "create", "pods", "--as=owner")
                        .out())
                .startsWith("yes");
        return neighbour
                .scene()
                .kubectl()
                .run("auth", "can-i", "patch", "namespaces/" + namespace, "--as=owner")
                .out();
    }

    private static void movesToTheListedNamespace(String listed, RunningPod pod) {
        awaitOwners(listed, neighbour.namespace());
        create(neighbour.scene(), AppPod.caller("heir").inMeshAs(listed)).expectSuccess();
        // A replica with the values of before may answer until it has drained; it refuses the pod, too.
        Eventually.that("a replica with the new values to answer", () -> assertThat(
                        create(scene, AppPod.caller("again").inMeshAs(listed)).err())
                .contains(
                        "\"" + listed + "\" belongs to namespace " + neighbour.namespace()
                                + " by the chart's value services." + listed + ".namespaces",
                        "add " + scene.namespace() + " there"));
        Eventually.within(SOON, "pod and intention of the former owner to be out of Consul", () -> {
            assertThat(scene.consul().endpoints(listed)).isEmpty();
            assertThat(scene.consul().intentions(listed)).isEmpty();
            assertThat(events(scene, pod.name())).contains("ServiceNameNotOwned");
            assertThat(accepted(listed)).isEqualTo("False DestinationNotOwned");
        });
    }

    private static void endsSoonAfterItsLastPod(String idle) {
        scene.client()
                .pods()
                .inNamespace(scene.namespace())
                .withName("idle")
                .withGracePeriod(0)
                .delete();
        Eventually.that("the last pod to be gone", () -> assertThat(scene.client()
                        .pods()
                        .inNamespace(scene.namespace())
                        .withName("idle")
                        .get())
                .isNull());
        Eventually.within(TWO_LOOKS, "a name to be free 1 s after its last pod", () -> assertThat(
                        scene.consul().owners(idle))
                .isEmpty());
        create(neighbour.scene(), AppPod.caller("idle").inMeshAs(idle)).expectSuccess();
        awaitOwners(idle, neighbour.namespace());
    }

    private static String accepted(String intention) {
        return scene.kubectl()
                .run(
                        "get",
                        "serviceintention",
                        intention,
                        "-o",
                        "jsonpath={.status.conditions[?(@.type=='Accepted')]['status','reason']}")
                .expectSuccess();
    }

    private static void awaitOwners(String service, String... namespaces) {
        Eventually.that(
                service + " to be claimed",
                () -> assertThat(scene.consul().owners(service)).isEqualTo(List.of(namespaces)));
    }

    private static void awaitNextSecond() {
        long second = java.time.Instant.now().getEpochSecond();
        Eventually.that(
                "the next second",
                () -> assertThat(java.time.Instant.now().getEpochSecond()).isGreaterThan(second));
    }

    private static Kubectl.Result create(Scene where, AppPod pod) {
        return where.kubectl().apply(Serialization.asYaml(pod.build()));
    }

    private static String events(Scene where, String pod) {
        return where.kubectl()
                .run("get", "events", "--field-selector", "involvedObject.name=" + pod)
                .expectSuccess();
    }
}
