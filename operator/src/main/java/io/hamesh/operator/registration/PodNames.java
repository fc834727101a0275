package io.hamesh.operator.registration;

import io.hamesh.model.Annotations;
import io.hamesh.operator.ownership.ClaimVerdict;
import io.hamesh.operator.ownership.ClaimVerdict.Owner;
import io.hamesh.operator.ownership.ClaimVerdict.Refused;
import io.hamesh.operator.ownership.NotOwner;
import io.hamesh.operator.ownership.ServiceNames;
import java.util.Optional;

/** Whether pods may be the services that they were injected as, clients included: those have an identity too. */
final class PodNames {
    private final ServiceNames names;
    private final PodEvents events;

    PodNames(ServiceNames names, PodEvents events) {
        this.names = names;
        this.events = events;
    }

    /** Judged by what was last seen in Consul; yes for a name that nobody was seen to have. */
    boolean allows(ShownPod pod) {
        return pod.service()
                .flatMap(service -> names.refusal(service, pod.namespace()))
                .isEmpty();
    }

    /**
     * Claims the pod's name, and tells the pod if somebody else has it. A pod that is going claims nothing.
     *
     * @return empty where the pod may not be registered
     * @throws io.hamesh.operator.consul.ConsulException where Consul cannot say
     */
    Optional<Owner> claim(TrackedPod pod) {
        return pod.shown().filter(now -> !now.isGoing()).flatMap(now -> now.service()
                .flatMap(service -> owner(pod, names.claim(service, now.claimant()))));
    }

    private Optional<Owner> owner(TrackedPod pod, ClaimVerdict verdict) {
        if (verdict instanceof Refused refused) {
            events.warning(pod, "ServiceNameNotOwned", message(refused.why()));
        }
        return verdict instanceof Owner owner ? Optional.of(owner) : Optional.empty();
    }

    /** A transaction found that the name is not held as was thought. */
    void doubt(String service) {
        names.doubt(service);
    }

    /** Whether no namespace has the name any more. */
    boolean isFree(String service) {
        return names.isFree(service);
    }

    private static String message(NotOwner why) {
        return "not in Consul as this service: " + why.message("choose another name (" + Annotations.SERVICE + ")");
    }
}
