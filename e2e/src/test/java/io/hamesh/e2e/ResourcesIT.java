package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.Protocol;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The sidecars keep to what a pod and its namespace say about resources. */
@EndToEnd
@TestMethodOrder(OrderAnnotation.class)
class ResourcesIT {
    private static final Map<String, Quantity> SMALL =
            Map.of("cpu", new Quantity("100m"), "memory", new Quantity("64Mi"));

    @Test
    @Order(1)
    void guaranteedPodStaysGuaranteedAndStarts(Scene scene) {
        long start = System.nanoTime();
        scene.client()
                .pods()
                .inNamespace(scene.namespace())
                .resource(limited(scene, "guaranteed", SMALL))
                .create();
        assertThat(scene.pod("guaranteed").getStatus().getQosClass()).isEqualTo("Guaranteed");
        scene.awaitReady("guaranteed");
        System.out.printf("[time] Guaranteed pod ready: %d ms%n", (System.nanoTime() - start) / 1_000_000);
    }

    @Test
    @Order(2)
    void quotaOnLimitsAdmitsWhatHasLimitsItself(Scene scene) {
        scene.client()
                .resourceQuotas()
                .inNamespace(scene.namespace())
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("quota")
                        .endMetadata()
                        .withNewSpec()
                        .withHard(Map.of(
                                "limits.cpu", new Quantity("8"),
                                "limits.memory", new Quantity("4Gi"),
                                "requests.cpu", new Quantity("8"),
                                "requests.memory", new Quantity("4Gi")))
                        .endSpec()
                        .build())
                .create();
        Eventually.get(
                "the quota to be known",
                () -> quota(scene),
                quota -> quota.getStatus() != null
                        && !quota.getStatus().getHard().isEmpty());
        assertThat(apply(scene, limited(scene, "unlimited", Map.of())).err())
                .as("the quota bites")
                .contains("must specify limits.cpu");
        assertThat(apply(scene, limited(scene, "limited", SMALL)).err()).isEmpty();
    }

    /** The API server fills in what a LimitRange says, in the application before us and in our sidecars after us. */
    @Test
    @Order(3)
    void limitRangeLimitsThePodThatSaysNothing(Scene scene) {
        scene.client()
                .limitRanges()
                .inNamespace(scene.namespace())
                .resource(new LimitRangeBuilder()
                        .withNewMetadata()
                        .withName("limits")
                        .endMetadata()
                        .withNewSpec()
                        .addNewLimit()
                        .withType("Container")
                        .withDefault(Map.of("cpu", new Quantity("300m"), "memory", new Quantity("128Mi")))
                        .withDefaultRequest(Map.of("cpu", new Quantity("50m")))
                        .endLimit()
                        .endSpec()
                        .build())
                .create();
        Eventually.that("the LimitRange to bite", () -> {
            assertThat(apply(scene, limited(scene, "defaulted", Map.of())).err())
                    .isEmpty();
        });
        assertThat(scene.pod("defaulted").getSpec().getInitContainers())
                .extracting(Container::getResources)
                .allSatisfy(resources -> assertThat(resources.getLimits()).containsKeys("cpu", "memory"));
    }

    private static ResourceQuota quota(Scene scene) {
        return scene.client()
                .resourceQuotas()
                .inNamespace(scene.namespace())
                .withName("quota")
                .require();
    }

    private static Kubectl.Result apply(Scene scene, Pod pod) {
        return scene.kubectl().apply(Serialization.asYaml(pod));
    }

    private static Pod limited(Scene scene, String name, Map<String, Quantity> limits) {
        return new PodBuilder(
                        AppPod.server(name, scene.service(name), Protocol.TCP).build())
                .editSpec()
                .editFirstContainer()
                .withResources(
                        new ResourceRequirementsBuilder().withLimits(limits).build())
                .endContainer()
                .endSpec()
                .build();
    }
}
