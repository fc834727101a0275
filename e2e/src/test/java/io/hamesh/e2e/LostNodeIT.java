package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node that falls silent leaves its containers' statuses as they were. The node here is one by name only: an object and a
 * Lease that nobody renews, so that Kubernetes itself finds it lost; its pod's status is written by hand.
 */
@EndToEnd
class LostNodeIT {
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(2));

    /** kube-controller-manager waits 50 s for a sign of life. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private static final String LEASES = "kube-node-lease";

    private Scene scene;
    private KubernetesClient client;
    private String node;
    private String service;

    @BeforeEach
    void createNode(Scene given) {
        scene = given;
        client = given.client();
        node = "silent-" + given.namespace();
        service = given.service("api");
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(node)
                        .endMetadata()
                        .withNewSpec()
                        .addNewTaint("NoSchedule", "hamesh.io/test", null, "true")
                        .endSpec()
                        .build())
                .create();
        client.leases()
                .inNamespace(LEASES)
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(node)
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(node)
                        .withLeaseDurationSeconds(40)
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .endSpec()
                        .build())
                .create();
    }

    @AfterEach
    void deleteNode() {
        client.pods()
                .inNamespace(scene.namespace())
                .withName("api")
                .withGracePeriod(0)
                .delete();
        client.leases().inNamespace(LEASES).withName(node).delete();
        client.nodes().withName(node).delete();
    }

    @Test
    void nodeWhoseLeaseExpiresFailsItsPodsUntilItReturns() {
        nodeSays("True");
        scene.create(new PodBuilder(AppPod.server("api", service, Protocol.HTTP).build())
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .build());
        Eventually.changed(() ->
                client.pods().inNamespace(scene.namespace()).withName("api").editStatus(LostNodeIT::running));
        Eventually.that("the pod to pass", () -> assertThat(only().isPassing()).isTrue());

        Eventually.that("Kubernetes to find the node lost", GRACE, () -> assertThat(
                        isReady(client.nodes().withName(node).get()))
                .isFalse());
        Duration lost = Eventually.timed("lease expired → critical in Consul", () -> {
            assertThat(only().isPassing()).isFalse();
            assertThat(only().output()).isEqualTo("node " + node + " is not ready");
        });
        assertThat(statuses(scene.pod("api"))).as("the containers' own word").allMatch(ContainerStatus::getReady);

        nodeSays("True");
        Duration back = Eventually.timed("node back → passing in Consul", () -> assertThat(only().isPassing())
                .isTrue());
        assertThat(lost).isLessThanOrEqualTo(BOUND);
        assertThat(back).isLessThanOrEqualTo(BOUND);
    }

    private Instance only() {
        List<Instance> instances = scene.consul().instances(service);
        assertThat(instances).hasSize(1);
        return instances.getFirst();
    }

    private void nodeSays(String ready) {
        String now = ZonedDateTime.now(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        Eventually.changed(() -> client.nodes().withName(node).editStatus(silent -> new NodeBuilder(silent)
                .editOrNewStatus()
                .withConditions(new NodeConditionBuilder()
                        .withType("Ready")
                        .withStatus(ready)
                        .withReason("Test")
                        .withLastHeartbeatTime(now)
                        .withLastTransitionTime(now)
                        .build())
                .endStatus()
                .build()));
    }

    private static boolean isReady(Node node) {
        return node.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    /** What a kubelet would say; the addresses lead nowhere. */
    private static Pod running(Pod pod) {
        return new PodBuilder(pod)
                .editOrNewStatus()
                .withPhase("Running")
                .withPodIP("192.0.2.7")
                .addNewPodIP("192.0.2.7")
                .withHostIP("192.0.2.1")
                .addNewHostIP("192.0.2.1")
                .withInitContainerStatuses(pod.getSpec().getInitContainers().stream()
                        .map(container -> ready(container.getName(), container.getImage()))
                        .toList())
                .withContainerStatuses(pod.getSpec().getContainers().stream()
                        .map(container -> ready(container.getName(), container.getImage()))
                        .toList())
                .endStatus()
                .build();
    }

    private static ContainerStatus ready(String name, String image) {
        return new ContainerStatusBuilder()
                .withName(name)
                .withImage(image)
                .withImageID(image)
                .withReady(true)
                .withStarted(true)
                .withRestartCount(0)
                .withNewState()
                .withNewRunning("2026-01-01T00:00:00Z")
                .endState()
                .build();
    }

    private static List<ContainerStatus> statuses(Pod pod) {
        return pod.getStatus().getContainerStatuses();
    }
}
