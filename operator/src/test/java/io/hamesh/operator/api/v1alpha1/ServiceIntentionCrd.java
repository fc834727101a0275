package io.hamesh.operator.api.v1alpha1;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Writes the CRD from the classes, and adds what their annotations cannot say. */
final class ServiceIntentionCrd {
    static final String FILE = "serviceintentions.hamesh.io-v1.yml";

    /** The bounds of Kubernetes' own Condition. */
    private static final Map<String, Long> CONDITION_BOUNDS =
            Map.of("type", 316L, "status", 7L, "reason", 1024L, "message", 32768L, "lastTransitionTime", 32L);

    private ServiceIntentionCrd() {}

    static Path generate(Path folder) throws IOException {
        Files.createDirectories(folder);
        new CRDGenerator()
                .customResourceClasses(ServiceIntention.class)
                .inOutputDir(folder.toFile())
                .withMinQuotes(true)
                .withPostProcessor(new CRDPostProcessor() {
                    @Override
                    public HasMetadata process(HasMetadata crd, String version) {
                        return finish((CustomResourceDefinition) crd);
                    }
                })
                .generate();
        return folder.resolve(FILE);
    }

    private static CustomResourceDefinition finish(CustomResourceDefinition crd) {
        for (CustomResourceDefinitionVersion version : crd.getSpec().getVersions()) {
            version.getAdditionalPrinterColumns().sort(Comparator.comparing(ServiceIntentionCrd::isAge));
            JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
            root.setRequired(List.of("spec"));
            everywhere(root).forEach(ServiceIntentionCrd::sayRulesOnce);
            finishConditions(property(property(root, "status"), "conditions"));
        }
        return crd;
    }

    private static boolean isAge(CustomResourceColumnDefinition column) {
        return column.getName().equals("Age");
    }

    /** The generator reads a record component's annotations twice: from the field and from its accessor. */
    private static void sayRulesOnce(JSONSchemaProps schema) {
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
    }

    private static void finishConditions(JSONSchemaProps conditions) {
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));
        JSONSchemaProps condition = conditions.getItems().getSchema();
        condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        CONDITION_BOUNDS.forEach((field, bound) -> property(condition, field).setMaxLength(bound));
    }

    private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
        return Objects.requireNonNull(schema.getProperties().get(name), name);
    }

    static Stream<JSONSchemaProps> everywhere(JSONSchemaProps schema) {
        Stream<JSONSchemaProps> items = schema.getItems() == null
                ? Stream.empty()
                : everywhere(schema.getItems().getSchema());
        Stream<JSONSchemaProps> properties =
                schema.getProperties().values().stream().flatMap(ServiceIntentionCrd::everywhere);
        return Stream.concat(Stream.of(schema), Stream.concat(items, properties));
    }
}
