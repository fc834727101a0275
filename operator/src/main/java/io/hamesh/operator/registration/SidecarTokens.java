package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.hamesh.model.ContainerNames;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** ServiceAccount tokens that came into our sidecars after injection was last asked: it gives them none. */
final class SidecarTokens {
    private static final String ACCOUNT_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

    private SidecarTokens() {}

    /** What to tell about such a pod; empty where its sidecars carry no token. */
    static Optional<String> in(Pod pod) {
        Set<String> tokens = pod.getSpec().getVolumes().stream()
                .filter(SidecarTokens::isToken)
                .map(Volume::getName)
                .collect(Collectors.toSet());
        List<String> holders = pod.getSpec().getInitContainers().stream()
                .filter(container -> container.getName().startsWith(ContainerNames.RESERVED_PREFIX))
                .filter(container -> holdsOneOf(tokens, container))
                .map(Container::getName)
                .toList();
        return holders.isEmpty()
                ? Optional.empty()
                : Optional.of("spec.initContainers " + String.join(", ", holders)
                        + ": carry a ServiceAccount token, which somebody gave them after injection and which they do not"
                        + " need: let that webhook leave out containers named hamesh-*, or set"
                        + " automountServiceAccountToken to false");
    }

    private static boolean holdsOneOf(Set<String> tokens, Container container) {
        return container.getVolumeMounts().stream()
                .anyMatch((VolumeMount mount) ->
                        ACCOUNT_MOUNT.equals(mount.getMountPath()) || tokens.contains(mount.getName()));
    }

    private static boolean isToken(Volume volume) {
        return volume.getProjected() != null
                && volume.getProjected().getSources().stream()
                        .anyMatch(source -> source.getServiceAccountToken() != null);
    }
}
