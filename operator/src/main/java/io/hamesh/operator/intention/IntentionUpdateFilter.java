package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/**
 * Lets an update of a ServiceIntention reach the reconciler if its spec, an annotation, its deletion or its finalizers
 * changed. A change of the status alone is our own, and is left out.
 */
public final class IntentionUpdateFilter implements OnUpdateFilter<ServiceIntention> {
    @Override
    public boolean accept(ServiceIntention now, ServiceIntention before) {
        ObjectMeta after = now.getMetadata();
        ObjectMeta prior = before.getMetadata();
        return !Objects.equals(after.getGeneration(), prior.getGeneration())
                || !Objects.equals(after.getAnnotations(), prior.getAnnotations())
                || !Objects.equals(after.getDeletionTimestamp(), prior.getDeletionTimestamp())
                || !Objects.equals(after.getFinalizers(), prior.getFinalizers());
    }
}
