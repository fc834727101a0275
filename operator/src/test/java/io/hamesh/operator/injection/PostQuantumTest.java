package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.MESH;
import static io.hamesh.operator.injection.PodFixtures.SECRET;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.BootstrapSettings;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The value {@code tls.postQuantum} of the installation, which reaches pods that are injected from then on. */
class PostQuantumTest {
    @Test
    void podSaysOnlyThatItIsOn() {
        assertThat(injected(true, injectable().build()).getSpec().getInitContainers())
                .hasSize(2)
                .allSatisfy(sidecar -> assertThat(variables(sidecar)).containsEntry("hamesh.post-quantum", "true"));
        assertThat(injected(false, injectable().build()).getSpec().getInitContainers())
                .hasSize(2)
                .allSatisfy(sidecar -> assertThat(variables(sidecar)).doesNotContainKey("hamesh.post-quantum"));
    }

    @Test
    void agentReadsWhatTheOperatorWrote() {
        assertThat(postQuantum(injected(true, injectable().build()))).isTrue();
        assertThat(postQuantum(injected(false, injectable().build()))).isFalse();
    }

    /** A second call by a replica that does not have the new value yet, or has it already; and a copy for debugging. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void podInjectedBeforeAChangeIsNoForgeryAndIsWrittenAnew(boolean before) {
        Pod earlier = injected(before, injectable("port", "http").build());
        assertThat(injected(!before, earlier))
                .isEqualTo(injected(!before, injectable("port", "http").build()));
        assertThat(injected(before, earlier)).as("without a change").isEqualTo(earlier);
    }

    @Test
    void whoWritesTheSettingByHandGetsTheInstallations() {
        Pod byHand = new PodBuilder(injected(true, injectable().build()))
                .editSpec()
                .editMatchingInitContainer(container -> container.getName().equals("hamesh-agent"))
                .removeMatchingFromEnv(variable -> variable.getName().equals("hamesh.post-quantum"))
                .addNewEnv()
                .withName("hamesh.post-quantum")
                .withValue("false")
                .endEnv()
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(injected(true, byHand)).isEqualTo(injected(true, injectable().build()));
    }

    private static Pod injected(boolean postQuantum, Pod pod) {
        MeshSettings mesh = new MeshSettings(
                MESH.cluster(),
                MESH.consulAddress(),
                MESH.agentImage(),
                MESH.haproxyImage(),
                MESH.imagePullPolicy(),
                MESH.preStopSleepSeconds(),
                postQuantum,
                MESH.dns());
        return switch (new PodInjector(mesh, () -> SECRET).inject(pod)) {
            case InjectionResult.Injected result -> result.pod();
            case InjectionResult.NotInjected none -> throw new AssertionError("not injected");
            case InjectionResult.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static boolean postQuantum(Pod pod) {
        return BootstrapSettings.ofPod(variables(Pods.agent(pod).orElseThrow()))
                .service()
                .proxy()
                .postQuantum();
    }

    private static Map<String, String> variables(Container sidecar) {
        return sidecar.getEnv().stream()
                .filter(variable -> variable.getValue() != null)
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }
}
