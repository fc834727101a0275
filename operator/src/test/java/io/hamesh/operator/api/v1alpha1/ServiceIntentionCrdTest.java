package io.hamesh.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps the committed CRD in step with the classes. */
class ServiceIntentionCrdTest {
    private static final Path GENERATED = Path.of("target/crds");

    @ParameterizedTest
    @ValueSource(strings = {"crds", "charts/hamesh/crds"})
    void committedCrdIsWhatTheClassesSay(String folder) throws IOException {
        String generated = Files.readString(ServiceIntentionCrd.generate(GENERATED));

        assertThat(Path.of("..", folder, ServiceIntentionCrd.FILE))
                .as("stale: run cp operator/target/crds/%s %s/", ServiceIntentionCrd.FILE, folder)
                .hasContent(generated);
    }

    /** Without bounds the CEL rules exceed the API server's cost budget, and the CRD is refused. */
    @Test
    void everyListAndStringIsBounded() throws IOException {
        var crd = Serialization.unmarshal(
                Files.readString(ServiceIntentionCrd.generate(GENERATED)), CustomResourceDefinition.class);
        JSONSchemaProps root =
                crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();

        assertThat(ServiceIntentionCrd.everywhere(root))
                .isNotEmpty()
                .filteredOn(ServiceIntentionCrdTest::growsWithoutBound)
                .isEmpty();
    }

    private static boolean growsWithoutBound(JSONSchemaProps schema) {
        return switch (schema.getType()) {
            case "string" -> schema.getMaxLength() == null && schema.getEnum().isEmpty();
            case "array" -> schema.getMaxItems() == null;
            default -> false;
        };
    }
}
