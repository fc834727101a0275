package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/** An update worth a look: the spec, the adopt annotation, a deletion, the finalizer; not our own status. */
public final class RelevantChange implements OnUpdateFilter<ServiceIntention> {
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
