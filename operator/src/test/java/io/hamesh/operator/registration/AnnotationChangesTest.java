package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnotationChangesTest {
    private static final Map<String, String> WAS =
            Map.of("hamesh.io/port", "8080", "hamesh.io/tags", "a", "other", "1");

    @Test
    void eachChangedOneOfOursIsNamed() {
        assertThat(AnnotationChanges.between(
                        pod(WAS), pod(Map.of("hamesh.io/port", "9090", "hamesh.io/service", "api", "other", "1"))))
                .hasValueSatisfying(told -> assertThat(told)
                        .startsWith("metadata.annotations hamesh.io/port, hamesh.io/service, hamesh.io/tags: ")
                        .contains("no effect"));
    }

    @Test
    void anythingElseIsNobodysBusiness() {
        assertThat(AnnotationChanges.between(pod(WAS), pod(WAS))).isEmpty();
        assertThat(AnnotationChanges.between(
                        pod(WAS), pod(Map.of("hamesh.io/port", "8080", "hamesh.io/tags", "a", "other", "2"))))
                .isEmpty();
        assertThat(AnnotationChanges.between(pod(Map.of()), pod(Map.of()))).isEmpty();
    }

    private static Pod pod(Map<String, String> annotations) {
        return new PodBuilder()
                .withNewMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }
}
