package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.Destination;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.ownership.ClaimVerdict;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.NotOwner;
import io.hamesh.operator.ownership.ServiceNames;
import java.time.Instant;
import java.util.Optional;

/** Says whether an intention's namespace owns its destination. Only the owner may decide who calls a service. */
final class DestinationOwners {
    private final ServiceNames names;

    DestinationOwners(ServiceNames names) {
        this.names = names;
    }

    /** Why the namespace does not own it, with the field's path. Judged by the last view of claims, no side effects. */
    Optional<String> refusal(ServiceIntention intention) {
        return service(intention)
                .flatMap(service ->
                        names.refusal(service, intention.getMetadata().getNamespace()))
                .map(DestinationOwners::message);
    }

    /** As {@link #refusal}, for an intention that is just created: Consul must not know its destination from others. */
    Optional<String> admissionRefusal(ServiceIntention intention) {
        return service(intention)
                .flatMap(service ->
                        names.admissionRefusal(service, intention.getMetadata().getNamespace()))
                .map(DestinationOwners::message);
    }

    /** Whether it may take over what somebody else wrote into Consul: an administrator has to list its namespace. */
    boolean mayAdopt(ServiceIntention intention) {
        return service(intention)
                .map(service -> names.isListed(service, intention.getMetadata().getNamespace()))
                .orElse(true); // only the release's namespace may have '*', and it is the administrators'
    }

    /**
     * Claims the destination for the intention's namespace, as a pod of that name would.
     *
     * @return why it does not get it, with the field's path
     * @throws io.hamesh.operator.consul.ConsulException where Consul cannot say
     */
    Optional<String> claim(ServiceIntention intention) {
        return service(intention)
                .map(service -> names.claim(service, claimant(intention)))
                .flatMap(verdict -> verdict instanceof ClaimVerdict.Refused refused
                        ? Optional.of(message(refused.why()))
                        : Optional.empty());
    }

    /** The destination, if it is a service's name; empty for {@code *}, which nobody owns. */
    static Optional<String> service(ServiceIntention intention) {
        return IntentionMapping.destination(intention).filter(name -> !name.equals(Destination.ANY));
    }

    static Claimant claimant(ServiceIntention intention) {
        return new Claimant(
                intention.getMetadata().getNamespace(),
                Instant.parse(intention.getMetadata().getCreationTimestamp()));
    }

    private static String message(NotOwner why) {
        return "spec.destination.name: "
                + why.message(why.isNamespaces() ? "create this ServiceIntention there" : "protect another service");
    }
}
