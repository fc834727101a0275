package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyAnnotationsTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, none, 128Mi, none",
                "5000, none, 381Mi, 5000",
                "300, none, 128Mi, 300",
                "none, 256Mi, 256Mi, 3100",
                "none, 64Mi, 64Mi, 200",
                "3000, 512Mi, 512Mi, 3000",
            })
    void memoryAndConnectionsFollowEachOther(String connections, String memory, String limit, String told) {
        var pod = injectable();
        if (connections != null) {
            pod.editMetadata()
                    .addToAnnotations("hamesh.io/max-connections", connections)
                    .endMetadata();
        }
        if (memory != null) {
            pod.editMetadata()
                    .addToAnnotations("hamesh.io/proxy-memory", memory)
                    .endMetadata();
        }
        Container haproxy = injected(pod.build()).getSpec().getInitContainers().get(1);
        assertThat(haproxy.getResources().getLimits()).containsEntry("memory", new Quantity(limit));
        assertThat(haproxy.getEnv().stream()
                        .filter(variable -> "hamesh.max-connections".equals(variable.getName()))
                        .map(EnvVar::getValue)
                        .findFirst()
                        .orElse(null))
                .isEqualTo(told);
    }

    @Test
    void connectionsThatDoNotFitAreRefusedWithWhatWould() {
        assertThat(problems(injectable("max-connections", "2000", "proxy-memory", "128Mi")
                        .build()))
                .containsExactly("metadata.annotations[hamesh.io/max-connections]: \"2000\": needs 181Mi, and"
                        + " hamesh.io/proxy-memory is 128Mi: raise it, leave it out, or expect at most 1200");
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThat(problems(injectable("max-connections", "99").build()))
                .containsExactly("metadata.annotations[hamesh.io/max-connections]: \"99\": expected a number of"
                        + " connections, 100 to 20000");
        assertThat(problems(
                        injectable("unsecured-connections-per-source", "many").build()))
                .containsExactly("metadata.annotations[hamesh.io/unsecured-connections-per-source]: \"many\":"
                        + " expected a number of connections, 1 to 1200");
    }
}
