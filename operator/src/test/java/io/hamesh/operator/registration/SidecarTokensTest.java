package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;

class SidecarTokensTest {
    private static final Pod POD = new PodBuilder(RegisteredPods.ready().build())
            .editSpec()
            .addNewVolume()
            .withName("aws-token")
            .withNewProjected()
            .addNewSource()
            .withNewServiceAccountToken("sts.amazonaws.com", 3600L, "token")
            .endSource()
            .endProjected()
            .endVolume()
            .endSpec()
            .build();

    @Test
    void tokenOfTheApplicationAloneIsNoNews() {
        assertThat(SidecarTokens.in(POD)).isEmpty();
        assertThat(SidecarTokens.in(new PodBuilder(POD)
                        .editSpec()
                        .editFirstContainer()
                        .addNewVolumeMount()
                        .withName("aws-token")
                        .withMountPath("/var/run/secrets/aws")
                        .endVolumeMount()
                        .endContainer()
                        .endSpec()
                        .build()))
                .isEmpty();
    }

    @Test
    void tokenInASidecarIsToldWhateverItsVolumeOrPath() {
        assertThat(SidecarTokens.in(mounting("hamesh-agent", "aws-token", "/var/run/secrets/aws")))
                .hasValueSatisfying(told -> assertThat(told).startsWith("spec.initContainers hamesh-agent: carry"));
        assertThat(SidecarTokens.in(
                        mounting("hamesh-haproxy", "legacy", "/var/run/secrets/kubernetes.io/serviceaccount")))
                .hasValueSatisfying(told -> assertThat(told).startsWith("spec.initContainers hamesh-haproxy: carry"));
        assertThat(SidecarTokens.in(mounting("hamesh-haproxy", "hamesh", "/run/hamesh")))
                .isEmpty();
    }

    private static Pod mounting(String container, String volume, String path) {
        return new PodBuilder(POD)
                .editSpec()
                .editMatchingInitContainer(each -> each.getName().equals(container))
                .addNewVolumeMount()
                .withName(volume)
                .withMountPath(path)
                .endVolumeMount()
                .endInitContainer()
                .endSpec()
                .build();
    }
}
