package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Pods come and go while no operator sees it. */
@EndToEnd
@Isolated("there is no operator meanwhile")
class OperatorReturnIT {
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(10));
    private static final String GATE = "example.com/wait";

    @Test
    void everythingIsPutRightSoonAfterItsReturn(Scene scene) {
        String goes = scene.service("goes");
        String comes = scene.service("comes");
        String stays = scene.service("stays");
        // Admitted now, as long as there is somebody to do it, and placed later.
        scene.create(new PodBuilder(AppPod.server("comes", comes, Protocol.HTTP).build())
                .editSpec()
                .addNewSchedulingGate(GATE)
                .endSpec()
                .build());
        scene.start(AppPod.server("goes", goes, Protocol.HTTP), AppPod.server("stays", stays, Protocol.HTTP));
        Eventually.that("both to pass in Consul", () -> assertThat(List.of(goes, stays))
                .allMatch(service -> isPassing(scene, service)));

        try (Operator operator = Operator.of(scene)) {
            operator.stop();
            scene.kubectl()
                    .run("delete", "pod", "goes", "--grace-period=0", "--force")
                    .expectSuccess();
            scene.client()
                    .pods()
                    .inNamespace(scene.namespace())
                    .withName("comes")
                    .edit(pod -> new PodBuilder(pod)
                            .editSpec()
                            .withSchedulingGates()
                            .endSpec()
                            .build());
            scene.awaitReady("comes");
            assertThat(scene.consul().instances(goes)).as("nobody took it out").hasSize(1);
            assertThat(scene.consul().instances(comes)).as("nobody put it in").isEmpty();

            operator.start();
            Eventually.that("Consul to be right", Scene.POD_START.plus(BOUND), () -> {
                assertThat(scene.consul().instances(goes)).isEmpty();
                assertThat(isPassing(scene, comes)).isTrue();
                assertThat(isPassing(scene, stays)).isTrue();
            });
            Instant right = Instant.now();
            Duration took = Duration.between(operatorsStart(operator), right);
            System.out.printf(
                    "[time] operator's container started → all put right: %d ms, less up to 1 s%n", took.toMillis());
            assertThat(took).isLessThanOrEqualTo(BOUND);
        }
    }

    /** As Kubernetes tells it: in whole seconds, rounded down. */
    private static Instant operatorsStart(Operator operator) {
        return operator.pods().stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .map(status -> status.getState().getRunning())
                .filter(Objects::nonNull)
                .map(running -> Instant.parse(running.getStartedAt()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static boolean isPassing(Scene scene, String service) {
        List<Instance> instances = scene.consul().instances(service);
        return instances.size() == 1 && instances.getFirst().isPassing();
    }
}
