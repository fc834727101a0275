package io.hamesh.operator.registration;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.PodOrigin;
import java.util.Optional;

/** Pods that carry another's sidecars: copies for debugging, which nobody means to serve. */
final class Copies {
    private Copies() {}

    /** Of which pod this one is a copy, as its sidecars tell; empty for one that they were made for. */
    static Optional<String> original(Pod pod) {
        ObjectMeta metadata = pod.getMetadata();
        String own = PodOrigin.of(
                requireNonNullElse(metadata.getGenerateName(), ""), requireNonNullElse(metadata.getName(), ""));
        return Optional.ofNullable(PodRegistration.environment(pod).get(PodOrigin.VARIABLE))
                .filter(origin -> !origin.equals(own) && !isRestored(pod, origin));
    }

    /**
     * From a backup, which kept the name that Kubernetes had made up but not what it was made from. Its controller takes it
     * back, which it does with no copy.
     */
    private static boolean isRestored(Pod pod, String origin) {
        return pod.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> Boolean.TRUE.equals(owner.getController()))
                && PodOrigin.mayBeOf(origin, pod.getMetadata().getName());
    }
}
