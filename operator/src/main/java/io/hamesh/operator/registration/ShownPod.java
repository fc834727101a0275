package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ServiceName;
import io.hamesh.operator.openports.PodPorts;
import io.hamesh.operator.ownership.Claimant;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A pod as Kubernetes showed it last, with what injection settled for it.
 *
 * @param service the name; empty for a pod that another installation injected
 * @param settings all of it; empty for such a pod too, and where the injected containers make no sense
 */
record ShownPod(Pod pod, Optional<String> service, Optional<BootstrapSettings> settings) {
    /**
     * What Kubernetes shows, read.
     *
     * @param cluster whose pods are ours: those that carry another name were injected by another installation
     */
    static ShownPod of(Pod pod, String cluster) {
        Map<String, String> settled = PodRegistration.environment(pod);
        if (!cluster.equals(settled.get(BootstrapSettings.CLUSTER))) {
            return new ShownPod(pod, Optional.empty(), Optional.empty());
        }
        Optional<String> service =
                Optional.ofNullable(settled.get(BootstrapSettings.SERVICE)).filter(ServiceName::isValid);
        return new ShownPod(pod, service, settings(settled));
    }

    private static Optional<BootstrapSettings> settings(Map<String, String> settled) {
        try {
            return Optional.of(BootstrapSettings.fromEnvironment(settled));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // registration tells its owner
        }
    }

    String namespace() {
        return pod.getMetadata().getNamespace();
    }

    boolean isOn(String node) {
        return node.equals(pod.getSpec().getNodeName());
    }

    boolean isGoing() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** As what lives on its service's name. */
    Claimant claimant() {
        return new Claimant(namespace(), Instant.parse(pod.getMetadata().getCreationTimestamp()));
    }

    /** Where it is asked for its open ports; empty while it cannot be. */
    Optional<PodPorts.Target> portsTarget() {
        return settings.filter(ours -> PodPorts.canBeAsked(pod))
                .map(ours -> new PodPorts.Target(
                        pod.getStatus().getPodIP(),
                        Readiness.of(pod, true).isReady(),
                        ours.service().requireLoopback()));
    }
}
