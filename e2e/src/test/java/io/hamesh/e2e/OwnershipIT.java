package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A service's name belongs to one Kubernetes namespace: others neither become the service nor say who may call it. */
@EndToEnd
@Order(EndToEnd.FIRST)
class OwnershipIT {
    private static final Duration SOON = Bound.of(Duration.ofSeconds(5));
    private static final int OURS = 8081;
    private static final int THEIRS = 8082;

    /** So many in a row that each replica is asked. */
    private static final int SEVERAL = 6;

    private static final String MESH_PORT = ":20000";
    private static final String FIELD_OF_PODS = "metadata.annotations[hamesh.io/service]: ";
    private static final String FIELD_OF_INTENTIONS = "spec.destination.name: ";

    private static Scene scene;
    private static Neighbour neighbour;

    /** The service of a running pod of ours. */
    private static String shop;

    private static RunningPod pod;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        neighbour = Neighbour.of(scene, "b");
        shop = scene.service("shop");
        pod = scene.start(AppPod.server("web-0", shop, Protocol.TCP));
        awaitOwner(shop, scene);
    }

    @AfterAll
    static void end() {
        neighbour.close();
    }

    @Test
    void nameOfAnotherNamespaceIsRefusedToPodsWithOwnerAndFix() {
        Kubectl.Result refused =
                create(neighbour.scene(), AppPod.caller("thief").inMeshAs(shop));
        assertThat(refused.err())
                .contains(
                        "denied the request", FIELD_OF_PODS + owned(shop, scene), "choose another name", remedy(shop));
        assertThat(create(neighbour.scene(), AppPod.caller("honest").inMeshAs(scene.service("own")))
                        .out())
                .contains("pod/honest created");
        assertThat(create(scene, AppPod.caller("second").inMeshAs(shop)).out()).contains("pod/second created");
        assertThat(scene.consul().owners(shop)).containsExactly(scene.namespace());
    }

    @Test
    void defaultNameOfAnotherNamespaceIsRefusedToo() {
        String name = scene.service("account");
        scene.apply(Intention.to(name).allowing("web"));
        awaitOwner(name, scene);
        Pod byDefault = new PodBuilder(AppPod.caller(name)
                        .annotated("hamesh.io/inject", "true")
                        .build())
                .build();
        assertThat(neighbour
                        .scene()
                        .kubectl()
                        .apply(Serialization.asYaml(byDefault))
                        .err())
                .contains(FIELD_OF_PODS + "not set, and " + owned(name, scene));
    }

    @Test
    void destinationOfAnotherNamespaceIsRefusedToIntentionsWithOwnerAndFix() {
        Intention intention = Intention.to(shop).allowing("web");
        assertThat(neighbour.scene().kubectl().apply(intention.yaml()).err())
                .contains(
                        "denied the request",
                        FIELD_OF_INTENTIONS + owned(shop, scene),
                        "create this ServiceIntention there",
                        remedy(shop));
        scene.apply(intention);
        scene.delete(intention);
        neighbour.scene().apply(Intention.to(scene.service("theirs-alone")).allowing("web"));
    }

    @Test
    void intentionForANameThatNobodyHasClaimsItLikeAPod() {
        String name = scene.service("planned");
        neighbour.scene().apply(Intention.to(name).allowing("web"));
        awaitOwner(name, neighbour.scene());
        assertThat(create(scene, AppPod.caller("late").inMeshAs(name)).err()).contains(owned(name, neighbour.scene()));
        assertThat(scene.kubectl()
                        .apply(Intention.to(name).allowing("web").yaml())
                        .err())
                .contains(owned(name, neighbour.scene()));
    }

    @Test
    void dryRunsAreJudgedAndLeaveNothing() {
        String name = scene.service("dry");
        Kubectl kubectl = neighbour.scene().kubectl();
        String unknown =
                Serialization.asYaml(AppPod.caller("dry").inMeshAs(name).build());
        kubectl.runWith(unknown, "apply", "--dry-run=server", "-f", "-").expectSuccess();
        kubectl.runWith(Intention.to(name).allowing("web").yaml(), "apply", "--dry-run=server", "-f", "-")
                .expectSuccess();
        String taken = Serialization.asYaml(AppPod.caller("dry").inMeshAs(shop).build());
        assertThat(kubectl.runWith(taken, "apply", "--dry-run=server", "-f", "-")
                        .err())
                .contains(owned(shop, scene));
        // What did happen later is seen; what did not, is not.
        scene.create(AppPod.caller("after").inMeshAs(scene.service("after")));
        awaitOwner(scene.service("after"), scene);
        assertThat(scene.consul().owners(name)).isEmpty();
    }

    @Test
    void podsOfTheSameNameInTwoNamespacesDoNotCollide() {
        String theirs = scene.service("theirs");
        Scene there = neighbour.scene();
        RunningPod other = there.start(AppPod.server(pod.name(), theirs, Protocol.TCP));
        String web = scene.service("web");
        scene.apply(Intention.to(shop).allowing(web));
        there.apply(Intention.to(theirs).allowing(web));
        Caller caller = scene.start(
                        AppPod.caller("web").inMeshAs(web).calling(shop + ":" + OURS, theirs + ":" + THEIRS))
                .caller();
        Eventually.that("both to be reached, each as itself", () -> {
            assertThat(caller.line(OURS, "PING").received()).startsWith("PONG");
            assertThat(caller.line(THEIRS, "PING").received()).startsWith("PONG");
            assertThat(scene.consul().endpoints(shop)).containsExactly(pod.ip() + MESH_PORT);
            assertThat(scene.consul().endpoints(theirs)).containsExactly(other.ip() + MESH_PORT);
        });

        there.delete(other);
        Eventually.timed(
                "the other's end in Consul",
                () -> assertThat(scene.consul().endpoints(theirs)).isEmpty());
        assertThat(scene.consul().endpoints(shop)).containsExactly(pod.ip() + MESH_PORT);
        assertThat(caller.line(OURS, "PING").received()).startsWith("PONG");
    }

    @Test
    void claimThatConsulLostComesBack() {
        scene.consul().loseClaim(shop);
        Eventually.within(SOON, "a lost claim to come back", () -> assertThat(
                        scene.consul().owners(shop))
                .containsExactly(scene.namespace()));
        awaitOwner(shop, scene);
    }

    @Test
    void nameOfAnEndedNamespaceIsFree() {
        String name = scene.service("freed");
        Neighbour ending = Neighbour.of(scene, "c");
        ending.scene().apply(Intention.to(name).allowing("web"));
        ending.scene().start(AppPod.server("speaks", name, Protocol.HTTP));
        awaitOwner(name, ending.scene());
        Eventually.that(
                "its protocol to be declared",
                () -> assertThat(scene.consul().everything()).contains("service-defaults " + name));
        assertThat(create(scene, AppPod.caller("heir").inMeshAs(name)).err()).contains(owned(name, ending.scene()));
        ending.end();
        Eventually.within(SOON, "the name of an ended namespace to be free", () -> assertThat(
                        scene.consul().owners(name))
                .isEmpty());
        Eventually.timed(
                "the protocol to end with the claim",
                () -> assertThat(scene.consul().everything()).doesNotContain("service-defaults " + name));
        Eventually.that("its heir to be admitted", () -> assertThat(
                        create(scene, AppPod.caller("heir").inMeshAs(name)).out())
                .contains("pod/heir created"));
        awaitOwner(name, scene);
    }

    @Test
    void nameThatAnIntentionAllowsOutlivesItsNamespaceUntilNoneAllowsIt() {
        String name = scene.service("job");
        Neighbour ending = Neighbour.of(scene, "d");
        ending.scene().create(AppPod.caller("job").inMeshAs(name));
        awaitOwner(name, ending.scene());
        Intention allowing = Intention.to(scene.service("vault")).allowing(name);
        scene.apply(allowing);
        ending.end();
        String listed = "hamesh_service_names_pinned{namespaces=\"" + ending.namespace()
                + "\",pinned_by=\"ServiceIntention " + scene.namespace() + "/" + scene.service("vault")
                + "\",service=\"" + name + "\"}";
        Eventually.that(
                "the name to be listed with who pins it",
                () -> assertThat(Operator.of(scene).counted(listed)).isEqualTo(1));
        assertThat(create(scene, AppPod.caller("heir-of-job").inMeshAs(name)).err())
                .contains(owned(name, ending.scene()));
        assertThat(scene.consul().owners(name)).containsExactly(ending.namespace());

        scene.delete(allowing);
        Eventually.timed(
                "a name that no intention allows any more to be free",
                () -> assertThat(scene.consul().owners(name)).isEmpty());
        Eventually.that("its heir to be admitted", () -> assertThat(
                        create(scene, AppPod.caller("heir-of-job").inMeshAs(name))
                                .out())
                .contains("created"));
    }

    @Test
    void nameThatConsulKnowsFromOthersIsRefusedUntilTheyAreGone() {
        String name = scene.service("vm");
        String others = "\"" + name + "\" is known to Consul from others (instance vm-" + name + " on node ";
        scene.consul().register("vm-" + name, name, "192.0.2.9", 80);
        try {
            assertThat(create(scene, AppPod.caller("taker").inMeshAs(name)).err())
                    .contains("denied the request", FIELD_OF_PODS + others, "choose another name", "services." + name);
            assertThat(scene.kubectl()
                            .apply(Intention.to(name).allowing("web").yaml())
                            .err())
                    .contains("denied the request", FIELD_OF_INTENTIONS + others, "protect another service");
            assertThat(create(scene, AppPod.caller("consul").inMeshAs("consul")).err())
                    .contains("Consul's own");
        } finally {
            scene.consul().deregister("vm-" + name);
        }
        Eventually.that("the name to be nobody's", () -> assertThat(
                        create(scene, AppPod.caller("taker").inMeshAs(name)).out())
                .contains("pod/taker created"));
        awaitOwner(name, scene);
        scene.consul().register("vm-" + name, name, "192.0.2.9", 80);
        try {
            assertThat(create(scene, AppPod.caller("second-taker").inMeshAs(name))
                            .out())
                    .as("what is held stays")
                    .contains("created");
        } finally {
            scene.consul().deregister("vm-" + name);
        }
    }

    @Test
    void podThatGotPastAdmissionIsNotRegisteredAsAnothersService() {
        try (PastTheWebhook past = PastTheWebhook.open(scene)) {
            Pod forged = past.forged("forged", pod);
            Eventually.that("the webhook to be passed", () -> neighbour
                    .scene()
                    .kubectl()
                    .apply(Serialization.asYaml(forged))
                    .expectSuccess());
            Eventually.timed("a forged pod to be told", () -> assertThat(eventsOf("forged"))
                    .contains("ServiceNameNotOwned", owned(shop, scene), remedy(shop)));
            scene.kubectl().apply(Serialization.asYaml(forged)).expectSuccess();
        }
        scene.awaitReady("forged");
        scene.awaitEndpoints(shop, 2); // the same pod in the owner's namespace is one more
        assertThat(neighbour.scene().awaitReady("forged").now().getStatus().getPhase())
                .isEqualTo("Running");
        assertThat(scene.consul().endpoints(shop))
                .containsExactlyInAnyOrder(
                        pod.ip() + MESH_PORT, scene.pod("forged").getStatus().getPodIP() + MESH_PORT);
        scene.client().pods().inNamespace(scene.namespace()).withName("forged").delete();
        scene.awaitEndpoints(shop, 1);
    }

    /** The API server's own admission gives one to each container that it finds. */
    @Test
    void tokenThatComesPastInjectionIsTold() {
        try (PastTheWebhook past = PastTheWebhook.open(scene)) {
            Pod forged = new PodBuilder(past.forged("tokened", pod))
                    .editSpec()
                    .withAutomountServiceAccountToken(true)
                    .endSpec()
                    .build();
            Eventually.that("the webhook to be passed", () -> neighbour
                    .scene()
                    .kubectl()
                    .apply(Serialization.asYaml(forged))
                    .expectSuccess());
            Eventually.that("the token to be told", () -> assertThat(eventsOf("tokened"))
                    .contains("SidecarHasToken", "hamesh-agent, hamesh-haproxy: carry a ServiceAccount token"));
        }
        neighbour
                .scene()
                .client()
                .pods()
                .inNamespace(neighbour.namespace())
                .withName("tokened")
                .delete();
    }

    @Test
    void pastTheWebhookLabelAndContainersGoTogetherOrNotAtAll() {
        try (PastTheWebhook past = PastTheWebhook.open(scene)) {
            Pod plain = past.hidden(AppPod.caller("labelled").build());
            Pod labelled = new PodBuilder(plain)
                    .editMetadata()
                    .addToLabels("hamesh.io/injected", "true")
                    .endMetadata()
                    .build();
            Pod contained = new PodBuilder(plain)
                    .editSpec()
                    .editFirstContainer()
                    .withName("hamesh-agent")
                    .endContainer()
                    .endSpec()
                    .build();
            // The webhook refuses both in other words, until its configuration has reached the API server.
            Eventually.that("the policy to refuse", () -> {
                assertThat(dryRun(labelled).err())
                        .contains(
                                "hamesh-injected-pods", "metadata.labels[hamesh.io/injected]: only injection sets it");
                assertThat(dryRun(contained).err())
                        .contains("hamesh-injected-pods", "only injection adds containers named hamesh-*");
            });
            dryRun(plain).expectSuccess();
        }
    }

    private static Kubectl.Result create(Scene where, AppPod pod) {
        return where.kubectl().apply(Serialization.asYaml(pod.build()));
    }

    private static Kubectl.Result dryRun(Pod pod) {
        return scene.kubectl().runWith(Serialization.asYaml(pod), "apply", "--dry-run=server", "-f", "-");
    }

    /** In Consul, and in what each replica of the operator has seen of it. */
    private static void awaitOwner(String service, Scene owner) {
        Eventually.that(
                service + " to be claimed",
                () -> assertThat(scene.consul().owners(service)).isEqualTo(List.of(owner.namespace())));
        Scene other = owner.namespace().equals(scene.namespace()) ? neighbour.scene() : scene;
        Pod foreign = AppPod.caller("dry").inMeshAs(service).build();
        Eventually.that(service + " to be refused to others", () -> {
            for (int i = 0; i < SEVERAL; i++) {
                assertThatThrownBy(() -> other.client()
                                .pods()
                                .inNamespace(other.namespace())
                                .resource(foreign)
                                .dryRun()
                                .create())
                        .hasMessageContaining(owned(service, owner));
            }
        });
    }

    private static String owned(String service, Scene owner) {
        return "\"" + service + "\" belongs to namespace " + owner.namespace();
    }

    private static String remedy(String service) {
        return "in the chart's value services." + service + ".namespaces";
    }

    private static String eventsOf(String pod) {
        return neighbour
                .scene()
                .kubectl()
                .run("get", "events", "--field-selector", "involvedObject.name=" + pod)
                .expectSuccess();
    }
}
