package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.Action;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the destinations that are to have an entry in Consul which denies a source that {@code * -> *} would allow. */
final class DeniedDestinations {
    private final ClusterIntentions intentions;
    private final DestinationOwners owners;
    private final String releaseNamespace;

    DeniedDestinations(ClusterIntentions intentions, DestinationOwners owners, String releaseNamespace) {
        this.intentions = intentions;
        this.owners = owners;
        this.releaseNamespace = releaseNamespace;
    }

    /** Of intentions that are right, that stay, and whose namespace owns the destination: only these are written. */
    Set<String> all() {
        return intentions.all().stream()
                .filter(intention -> !intention.isMarkedForDeletion())
                .filter(intention ->
                        IntentionRules.problems(intention, releaseNamespace).isEmpty())
                .filter(DeniedDestinations::denies)
                .filter(intention -> owners.refusal(intention).isEmpty())
                .flatMap(intention -> IntentionMapping.destination(intention).stream())
                .collect(Collectors.toSet());
    }

    /** Whether it denies a source, or some of its requests. */
    static boolean denies(ServiceIntention intention) {
        return IntentionMapping.sources(intention).stream().anyMatch(source -> source.action() != Action.ALLOW);
    }
}
