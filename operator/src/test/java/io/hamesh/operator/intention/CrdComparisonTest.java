package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import org.junit.jupiter.api.Test;

class CrdComparisonTest {
    @Test
    void ownDefinitionIsTheSame() {
        assertThat(CrdComparison.difference(CrdComparison.read())).isEmpty();
    }

    @Test
    void whatTheClusterAddsAndLeavesOutBesideTheSchemaIsNoDifference() {
        CustomResourceDefinition served = CrdComparison.read();
        served.getSpec().getVersions().forEach(version -> version.getAdditionalPrinterColumns()
                .forEach(column -> column.setPriority(null)));
        served.getMetadata().setResourceVersion("7");
        served.getSpec().getNames().setListKind("ServiceIntentionList");
        assertThat(CrdComparison.difference(served)).isEmpty();
    }

    @Test
    void olderDefinitionIsToldWithTheCommand() {
        CustomResourceDefinition served = CrdComparison.read();
        var schema = served.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
        schema.getProperties().remove("status");
        assertThat(CrdComparison.difference(served)).hasValueSatisfying(what -> assertThat(what)
                .contains("kubectl apply --server-side --force-conflicts -f charts/hamesh/crds/"));
    }
}
