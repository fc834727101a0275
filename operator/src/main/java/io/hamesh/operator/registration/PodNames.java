package io.hamesh.operator.registration;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Annotations;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ServiceName;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.NotOwner;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.ownership.Verdict;
import io.hamesh.operator.ownership.Verdict.Owner;
import io.hamesh.operator.ownership.Verdict.Refused;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether pods may be the services that they were injected as, clients included: those have an identity too. */
final class PodNames {
    private final String cluster;
    private final ServiceNames names;
    private final PodEvents events;

    PodNames(String cluster, ServiceNames names, PodEvents events) {
        this.cluster = cluster;
        this.names = names;
        this.events = events;
    }

    /** Judged by what was last seen in Consul; yes for a name that nobody was seen to have. */
    boolean allows(Pod pod) {
        return service(pod)
                .flatMap(service -> names.refusal(service, pod.getMetadata().getNamespace()))
                .isEmpty();
    }

    /**
     * Claims the pod's name, and tells the pod if somebody else has it. A pod that is going claims nothing.
     *
     * @return empty where the pod may not be registered
     * @throws io.hamesh.operator.consul.ConsulException where Consul cannot say
     */
    Optional<Owner> claim(PodKey key, Pod pod) {
        Optional<String> service = service(pod);
        if (service.isEmpty() || pod.getMetadata().getDeletionTimestamp() != null) {
            return Optional.empty();
        }
        Verdict verdict = names.claim(service.get(), claimant(pod));
        if (verdict instanceof Refused refused) {
            events.warning(key, "ServiceNameNotOwned", message(refused.why()));
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

    Map<String, List<Claimant>> claimants(Collection<Pod> pods) {
        return pods.stream()
                .filter(pod -> service(pod).isPresent())
                .collect(groupingBy(pod -> service(pod).orElseThrow(), mapping(PodNames::claimant, toList())));
    }

    /** The name that injection settled; empty for a pod that another installation injected. */
    Optional<String> service(Pod pod) {
        Map<String, String> settled = PodRegistration.environment(pod);
        return Optional.ofNullable(settled.get(BootstrapSettings.SERVICE))
                .filter(ServiceName::isValid)
                .filter(service -> cluster.equals(settled.get(BootstrapSettings.CLUSTER)));
    }

    private static Claimant claimant(Pod pod) {
        return new Claimant(
                pod.getMetadata().getNamespace(),
                Instant.parse(pod.getMetadata().getCreationTimestamp()));
    }

    private static String message(NotOwner why) {
        return "not in Consul as this service: " + why.message("choose another name (" + Annotations.SERVICE + ")");
    }
}
