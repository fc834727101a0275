package io.hamesh.operator.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** The custom resource {@code ServiceIntention}: who may call a service, in Consul's words. */
@Group("hamesh.io")
@Version("v1alpha1")
@ShortNames("si")
@AdditionalPrinterColumn(
        name = "Destination",
        jsonPath = ".spec.destination.name",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Accepted",
        jsonPath = ".status.conditions[?(@.type==\"Accepted\")].status",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Synced",
        jsonPath = ".status.conditions[?(@.type==\"Synced\")].status",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class ServiceIntention extends CustomResource<ServiceIntentionSpec, ServiceIntentionStatus>
        implements Namespaced {
    /** Holds a deleted object back until its entry is out of Consul. */
    public static final String FINALIZER = "hamesh.io/intention";

    // CustomResource would call a constructor without arguments, which records lack.
    @Override
    protected @Nullable ServiceIntentionSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable ServiceIntentionStatus initStatus() {
        return null;
    }
}
