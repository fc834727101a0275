package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds other ServiceIntentions for the same destination. Only the oldest of them is written to Consul. */
final class DestinationConflicts {
    private static final Comparator<ServiceIntention> BY_AGE = Comparator.comparing(
                    (ServiceIntention intention) -> intention.getMetadata().getCreationTimestamp())
            .thenComparing(intention -> intention.getMetadata().getUid());

    private final ClusterIntentions intentions;

    DestinationConflicts(ClusterIntentions intentions) {
        this.intentions = intentions;
    }

    /** The intention that has the destination instead of this one: the oldest of those whose namespace owns it. */
    Optional<ServiceIntention> olderThan(ServiceIntention intention, DestinationOwners owners) {
        return othersThan(intention).stream()
                .filter(other -> owners.refusal(other).isEmpty())
                .filter(other -> BY_AGE.compare(other, intention) < 0)
                .min(BY_AGE);
    }

    /** All others for the same destination, in all namespaces; one that is being deleted does not count. */
    List<ServiceIntention> othersThan(ServiceIntention intention) {
        return IntentionMapping.destination(intention).map(intentions::withDestination).orElse(List.of()).stream()
                .filter(other -> other.getMetadata().getDeletionTimestamp() == null)
                .filter(other -> !isSame(other.getMetadata(), intention.getMetadata()))
                .toList();
    }

    /** Tells the younger of two which intention has its destination, and what to do. */
    static String refusal(ServiceIntention older) {
        return "spec.destination.name: \"" + IntentionMapping.destination(older).orElse("")
                + "\" already has ServiceIntention "
                + older.getMetadata().getNamespace() + "/" + older.getMetadata().getName()
                + ": add the sources there, or delete it";
    }

    private static boolean isSame(ObjectMeta one, ObjectMeta other) {
        return one.getNamespace().equals(other.getNamespace()) && one.getName().equals(other.getName());
    }
}
