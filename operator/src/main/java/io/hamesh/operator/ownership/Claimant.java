package io.hamesh.operator.ownership;

import java.time.Instant;
import java.util.Comparator;

/**
 * Something that lives on a service's name: a pod that is the service, or a ServiceIntention that protects it.
 *
 * @param created by which the oldest is found, where nobody holds the name
 */
public record Claimant(String namespace, Instant created) {
    static final Comparator<Claimant> BY_AGE =
            Comparator.comparing(Claimant::created).thenComparing(Claimant::namespace);
}
