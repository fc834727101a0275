package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds other ServiceIntentions for the same destination. Only the oldest of them is written to Consul. */
final class DestinationConflicts {
    private static final Comparator<ServiceIntention> BY_AGE = Comparator.comparing(
                    (ServiceIntention intention) -> intention.getMetadata().getCreationTimestamp())
            .thenComparing(intention -> intention.getMetadata().getUid());

    private final Function<String, List<ServiceIntention>> withDestination;

    /** @param withDestination all intentions of that destination, in all namespaces */
    DestinationConflicts(Function<String, List<ServiceIntention>> withDestination) {
        this.withDestination = withDestination;
    }

    /** The intention that has the destination instead of this one. */
    Optional<ServiceIntention> elderOf(ServiceIntention intention) {
        return othersThan(intention).stream()
                .filter(other -> BY_AGE.compare(other, intention) < 0)
                .min(BY_AGE);
    }

    /** All others of the same destination; one that is being deleted is none any more. */
    List<ServiceIntention> othersThan(ServiceIntention intention) {
        return IntentionMapping.destination(intention).map(withDestination).orElse(List.of()).stream()
                .filter(other -> other.getMetadata().getDeletionTimestamp() == null)
                .filter(other -> !isSame(other.getMetadata(), intention.getMetadata()))
                .toList();
    }

    static String refusal(ServiceIntention elder) {
        return "spec.destination.name: \"" + IntentionMapping.destination(elder).orElse("")
                + "\" already has ServiceIntention "
                + elder.getMetadata().getNamespace() + "/" + elder.getMetadata().getName()
                + ": add the sources there, or delete it";
    }

    private static boolean isSame(ObjectMeta one, ObjectMeta other) {
        return one.getNamespace().equals(other.getNamespace()) && one.getName().equals(other.getName());
    }
}
