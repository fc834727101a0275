package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceValidation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.operator.events.EventRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the cluster's CRD of ServiceIntentions with the one that this operator was built with, because Helm installs
 * a CRD and never updates it.
 */
final class CrdComparison {
    static final String NAME = "serviceintentions.hamesh.io";

    private static final Logger LOG = LoggerFactory.getLogger(CrdComparison.class);
    private static final String RESOURCE = "/crds/" + NAME + "-v1.yml";

    private final KubernetesClient client;
    private final EventRecorder events;
    private final String releaseNamespace;

    CrdComparison(KubernetesClient client, EventRecorder events, String releaseNamespace) {
        this.client = client;
        this.events = events;
        this.releaseNamespace = releaseNamespace;
    }

    /** Warns, in the log and by an Event of the operator's Deployment, if the cluster's CRD is another. */
    void compare() {
        try {
            var served = client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(NAME)
                    .get();
            Optional.ofNullable(served).flatMap(CrdComparison::difference).ifPresent(what -> {
                LOG.warn(what);
                events.record(
                        OperatorDeployment.reference(releaseNamespace),
                        EventRecorder.Type.WARNING,
                        "DefinitionDiffers",
                        what);
            });
        } catch (KubernetesClientException e) {
            LOG.atWarn()
                    .addKeyValue("definition", NAME)
                    .addKeyValue("error", e.getMessage())
                    .log("not compared with this version's");
        }
    }

    /** A warning with the command to run; empty where both CRDs have the same schemas. */
    static Optional<String> difference(CustomResourceDefinition served) {
        return schemas(served).equals(schemas(read()))
                ? Optional.empty()
                : Optional.of("the cluster's definition of " + NAME + " is not this version's: fields and rules that"
                        + " differ are dropped or judged as before. Helm never updates it; run kubectl apply --server-side"
                        + " --force-conflicts -f charts/hamesh/crds/ with this version's chart");
    }

    /** By version. The rest comes back changed: the API server leaves out what is zero. */
    private static Map<String, CustomResourceValidation> schemas(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().stream()
                .collect(Collectors.toMap(
                        CustomResourceDefinitionVersion::getName, CustomResourceDefinitionVersion::getSchema));
    }

    static CustomResourceDefinition read() {
        try (var stream = Objects.requireNonNull(CrdComparison.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return Serialization.unmarshal(stream, CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
