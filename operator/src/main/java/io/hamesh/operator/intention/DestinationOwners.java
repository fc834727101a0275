package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.Destination;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.ownership.ClaimVerdict;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.NotOwner;
import io.hamesh.operator.ownership.ServiceNames;
import java.time.Instant;
import java.util.Optional;

/** Whether an intention may speak for its destination: only the namespace that is the service may. */
final class DestinationOwners {
    private final ServiceNames names;

    DestinationOwners(ServiceNames names) {
        this.names = names;
    }

    /** Why not, with the field; judged by what was last seen, without side effects. */
    Optional<String> refusal(ServiceIntention intention) {
        return service(intention)
                .flatMap(service ->
                        names.refusal(service, intention.getMetadata().getNamespace()))
                .map(DestinationOwners::message);
    }

    /** The same of one that does not exist yet: its destination must not be known to Consul from others. */
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
                .orElse(true); // '*' is the release's namespace's, which is the administrators'
    }

    /**
     * Claims a destination that nobody has yet, as a pod of that name would.
     *
     * @throws io.hamesh.operator.consul.ConsulException where Consul cannot say
     */
    Optional<String> claim(ServiceIntention intention) {
        return service(intention)
                .map(service -> names.claim(service, claimant(intention)))
                .flatMap(verdict -> verdict instanceof ClaimVerdict.Refused refused
                        ? Optional.of(message(refused.why()))
                        : Optional.empty());
    }

    /** The name that the intention lives on; none for {@code *}, which is nobody's. */
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
