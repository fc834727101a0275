package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Pods that want nothing of the mesh get nothing of it, not even its outages. */
@EndToEnd
@Isolated("the operator is away meanwhile")
class BystanderPodsIT {
    private static final int API = 8080;

    @Test
    void podWithoutOurAnnotationsIsUntouched(Scene scene) {
        Pod asked = AppPod.caller("plain").build();
        Pod plain = scene.start(AppPod.caller("plain")).now();
        assertThat(plain.getSpec().getInitContainers()).isEmpty();
        assertThat(plain.getSpec().getContainers())
                .extracting(Container::getName)
                .containsExactly("app");
        assertThat(plain.getSpec().getContainers().getFirst().getLifecycle()).isNull();
        assertThat(plain.getSpec().getVolumes())
                .isEqualTo(asked.getSpec().getVolumes().stream()
                        .map(BystanderPodsIT::withDefaults)
                        .toList());
        assertThat(plain.getMetadata().getLabels())
                .isEqualTo(asked.getMetadata().getLabels());

        Pod injected = scene.start(AppPod.caller("meshed").inMeshAs(scene.service("meshed")))
                .now();
        assertThat(injected.getSpec().getInitContainers())
                .extracting(Container::getName)
                .containsExactly(ContainerNames.AGENT, ContainerNames.HAPROXY);
        assertThat(injected.getMetadata().getLabels()).containsEntry(Annotations.INJECTED_LABEL, "true");
    }

    @Test
    void withTheOperatorDownPlainPodsStartAndTheMeshGoesOn(Scene scene) {
        String api = scene.service("api");
        String web = scene.service("web");
        Caller caller = scene.start(
                        AppPod.caller("web").inMeshAs(web).calling(api + ":" + API),
                        AppPod.server("api", api, Protocol.TCP))
                .getFirst()
                .caller();
        scene.apply(Intention.to(api).allowing(web));
        Eventually.that(
                "the source to be allowed",
                () -> assertThat(caller.line(API, "PING").received()).startsWith("PONG"));

        try (Operator operator = Operator.of(scene)) {
            operator.stop();
            scene.start(AppPod.caller("plain-meanwhile"));
            assertThat(caller.line(API, "PING").received()).startsWith("PONG");
            followsConsul(scene, caller, web, api);
            scene.kubectl().run("label", "pod", "web", "colour=blue").expectSuccess();
            scene.kubectl().run("annotate", "pod", "web", "note=seen").expectSuccess();
            assertThat(scene.kubectl()
                            .apply(manifest(AppPod.caller("late").inMeshAs(web)))
                            .err())
                    .as("a pod that asks for the mesh does not start without it")
                    .contains("hamesh");
        }
        Eventually.that("the operator to be back", () -> assertThat(scene.kubectl()
                        .apply(manifest(AppPod.caller("late").inMeshAs(web)))
                        .err())
                .isEmpty());
    }

    /** A change in Consul reaches running pods with nobody between. */
    private static void followsConsul(Scene scene, Caller caller, String source, String destination) {
        scene.consul().replaceIntention(destination, source, "deny");
        Eventually.timed(
                "denied with the operator down",
                () -> assertThat(caller.line(API, "PING").refused()).isTrue());
    }

    private static String manifest(AppPod pod) {
        return io.fabric8.kubernetes.client.utils.Serialization.asYaml(pod.build());
    }

    private static io.fabric8.kubernetes.api.model.Volume withDefaults(io.fabric8.kubernetes.api.model.Volume volume) {
        return new io.fabric8.kubernetes.api.model.VolumeBuilder(volume)
                .editConfigMap()
                .withDefaultMode(0644)
                .endConfigMap()
                .build();
    }
}
