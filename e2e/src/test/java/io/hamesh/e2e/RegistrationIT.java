package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** However a pod comes and goes, Consul shows it as it is. */
@EndToEnd
class RegistrationIT {
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(5));
    private static final String UNREADY = "/tmp/unready";
    private static final String DONE = "/tmp/done";

    private static Scene scene;
    private static String service;

    @BeforeAll
    static void remember(Scene given) {
        scene = given;
        service = scene.service("api");
    }

    @Test
    void readinessLostAndRegainedIsInConsulWithItsReason() {
        Pod pod = new PodBuilder(
                        AppPod.server("gauge", service("gauge"), Protocol.HTTP).build())
                .editSpec()
                .editFirstContainer()
                .withNewReadinessProbe()
                .withNewExec()
                .withCommand("test", "!", "-e", UNREADY)
                .endExec()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
        scene.create(pod);
        scene.awaitReady("gauge");
        Eventually.that("the ready pod to pass", () -> assertThat(only("gauge").isPassing())
                .isTrue());

        inApp("gauge", "touch", UNREADY);
        awaitKubeletsWord("gauge", false);
        Duration lost = Eventually.timed("readiness lost → critical in Consul", () -> {
            assertThat(only("gauge").isPassing()).isFalse();
            assertThat(only("gauge").output()).isEqualTo("container app is not ready");
        });
        inApp("gauge", "rm", UNREADY);
        awaitKubeletsWord("gauge", true);
        Duration regained = Eventually.timed(
                "readiness regained → passing in Consul",
                () -> assertThat(only("gauge").isPassing()).isTrue());
        assertThat(lost).isLessThanOrEqualTo(BOUND);
        assertThat(regained).isLessThanOrEqualTo(BOUND);
    }

    @Test
    void podKilledWithoutGraceLeavesConsul() {
        start("victim");
        resource("victim").withGracePeriod(0).delete();
        assertGone("pod killed with grace period 0", "victim");
    }

    @Test
    void evictedPodLeavesConsul() {
        start("tenant");
        assertThat(resource("tenant").evict()).isTrue();
        assertGone("pod evicted", "tenant");
    }

    @Test
    void podThatHangsInTerminatingHasLeftConsul() {
        Pod pod = new PodBuilder(
                        AppPod.server("stuck", service("stuck"), Protocol.HTTP).build())
                .editMetadata()
                .addToFinalizers("example.com/hold")
                .endMetadata()
                .build();
        scene.create(pod);
        scene.awaitReady("stuck");
        awaitPassing("stuck");
        try {
            resource("stuck").delete();
            assertGone("pod that hangs in Terminating", "stuck");
            assertThat(scene.pod("stuck").getMetadata().getDeletionTimestamp()).isNotNull();
        } finally {
            Eventually.changed(() -> resource("stuck").edit(hung -> new PodBuilder(hung)
                    .editMetadata()
                    .withFinalizers()
                    .endMetadata()
                    .build()));
        }
    }

    @Test
    void podWhoseApplicationEndedLeavesConsul() {
        Pod pod = new PodBuilder(AppPod.server("task", service("task"), Protocol.HTTP)
                        .running("sh", "-c", "until [ -e " + DONE + " ]; do sleep 0.1; done")
                        .build())
                .editSpec()
                .withRestartPolicy("Never")
                .endSpec()
                .build();
        scene.create(pod);
        scene.awaitReady("task");
        awaitPassing("task");
        inApp("task", "touch", DONE);
        Eventually.that("the kubelet to say that the application ended", () -> assertThat(
                        scene.pod("task").getStatus().getContainerStatuses())
                .allMatch(status -> status.getState().getTerminated() != null));
        Eventually.within(BOUND, "application ended → no longer passing", () -> assertThat(
                        scene.consul().instances(service("task")))
                .noneMatch(Instance::isPassing));
        Eventually.timed(
                "… and its pod out of Consul",
                () -> assertThat(scene.consul().instances(service("task"))).isEmpty());
        assertThat(scene.pod("task").getStatus().getPhase()).isIn("Succeeded", "Failed");
    }

    /** A StatefulSet's next pod has the same name, address or not: the old one's goodbye must not take it along. */
    @Test
    void successorOfTheSameNameNeverLosesItsRegistration() {
        Pod template = AppPod.server("set", service("set"), Protocol.HTTP).build();
        scene.client()
                .apps()
                .statefulSets()
                .inNamespace(scene.namespace())
                .resource(new StatefulSetBuilder()
                        .withNewMetadata()
                        .withName("set")
                        .endMetadata()
                        .withNewSpec()
                        .withServiceName("set")
                        .withNewSelector()
                        .addToMatchLabels(template.getMetadata().getLabels())
                        .endSelector()
                        .withNewTemplate()
                        .withMetadata(template.getMetadata())
                        .withSpec(template.getSpec())
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        Eventually.that("the StatefulSet's pod to exist", () -> assertThat(scene.podNames())
                .contains("set-0"));
        scene.awaitReady("set-0");
        awaitPassing("set");
        replaced("--grace-period=0", "--force");
        replaced("--grace-period=3");
    }

    private static void replaced(String... how) {
        String old = only("set").uid();
        long start = System.nanoTime();
        String[] delete = {"delete", "pod", "set-0", "--wait=false"};
        scene.kubectl()
                .run(Stream.of(delete, how).flatMap(Stream::of).toArray(String[]::new))
                .expectSuccess();
        Eventually.that("the successor to pass in Consul", Scene.POD_START, () -> assertThat(
                        scene.consul().instances(service("set")))
                .anyMatch(instance -> !instance.uid().equals(old) && instance.isPassing()));
        System.out.printf(
                "[time] set-0 deleted %s → its successor passes: %d ms%n",
                String.join(" ", how), (System.nanoTime() - start) / 1_000_000);
        Awaitility.await("the successor to stay, and to be alone")
                .pollInterval(Duration.ofMillis(50))
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> scene.consul().instances(service("set")).stream()
                        .map(instance -> instance.isPassing() && !instance.uid().equals(old))
                        .toList()
                        .equals(List.of(true)));
    }

    private static void start(String name) {
        scene.start(AppPod.server(name, service(name), Protocol.HTTP));
        awaitPassing(name);
    }

    private static void awaitPassing(String name) {
        Eventually.that(name + " to pass in Consul", () -> assertThat(only(name).isPassing())
                .isTrue());
    }

    /** Consul is to follow what the kubelet says, which may say it late. */
    private static void awaitKubeletsWord(String name, boolean ready) {
        Eventually.that(name + " to be told ready or not", () -> assertThat(Readiness.isPodReady(scene.pod(name)))
                .isEqualTo(ready));
    }

    private static PodResource resource(String name) {
        return scene.client().pods().inNamespace(scene.namespace()).withName(name);
    }

    /** Since the API server took the deletion. */
    private static void assertGone(String what, String name) {
        Eventually.within(BOUND, what + " → out of Consul", () -> assertThat(
                        scene.consul().instances(service(name)))
                .isEmpty());
    }

    private static Instance only(String name) {
        assertThat(scene.consul().instances(service(name))).hasSize(1);
        return scene.consul().instances(service(name)).getFirst();
    }

    private static String service(String name) {
        return name + "-" + service;
    }

    private static void inApp(String pod, String... command) {
        String[] exec = {"exec", pod, "-c", "app", "--"};
        scene.kubectl()
                .run(Stream.of(exec, command).flatMap(Stream::of).toArray(String[]::new))
                .expectSuccess();
    }
}
