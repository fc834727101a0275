package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What should stand in Consul for each pod. */
final class WantedRegistrations {
    private final String cluster;
    private final PodNames names;
    private final PodEvents events;
    private final Predicate<String> nodeIsReady;

    /**
     * Judges when it is asked.
     *
     * @param cluster whose pods are ours: those that carry another name were injected by another installation
     * @param nodeIsReady whether the Kubernetes node of that name is ready
     */
    WantedRegistrations(String cluster, PodNames names, PodEvents events, Predicate<String> nodeIsReady) {
        this.cluster = cluster;
        this.names = names;
        this.events = events;
        this.nodeIsReady = nodeIsReady;
    }

    /** For each of those pods that is to stand there now. */
    Map<TrackedPod, PodRegistration> of(TrackedPods pods) {
        Map<TrackedPod, PodRegistration> wanted = new HashMap<>();
        pods.shown().forEach(pod -> of(pod).ifPresent(registration -> wanted.put(pod, registration)));
        return wanted;
    }

    /** For one; nothing for a pod that is gone, a client, or not ours to register. */
    Optional<PodRegistration> of(TrackedPod pod) {
        return pod.shown().flatMap(now -> of(pod, now));
    }

    private Optional<PodRegistration> of(TrackedPod pod, ShownPod now) {
        try {
            String node = now.pod().getSpec().getNodeName();
            boolean isReady = node != null && nodeIsReady.test(node);
            return PodRegistration.of(now.pod(), isReady, pod.ports().known())
                    .filter(registration -> isOurs(pod, registration) && isOriginal(pod, now) && names.allows(now));
        } catch (IllegalArgumentException e) {
            events.notRegistered(pod, "the injected containers make no sense: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isOriginal(TrackedPod pod, ShownPod now) {
        Optional<String> original = Copies.original(now.pod());
        original.ifPresent(name -> events.copyTakesNoTraffic(pod, name));
        return original.isEmpty();
    }

    /** What another installation registers under its own mark, nobody else may touch, or remove. */
    private boolean isOurs(TrackedPod pod, PodRegistration registration) {
        Map<String, String> meta = registration.service().meta();
        boolean ours = OwnershipMark.isOn(meta, cluster);
        if (!ours) {
            events.notRegistered(
                    pod,
                    "injected for the cluster.name "
                            + OwnershipMark.cluster(meta).orElse("") + ", and this operator serves " + cluster
                            + ": create the pod anew to have it registered");
        }
        return ours;
    }
}
