package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Sidecars that died of a fault of their own. The kubelet starts them anew within a second, so hardly a test would notice. */
final class Crashes {
    /** How a process ends that does what it must not, 128 and the signal: SIGILL, TRAP, ABRT, BUS, FPE, SEGV. */
    private static final Set<Integer> FAULTS = Set.of(132, 133, 134, 135, 136, 139);

    private Crashes() {}

    /** A line for each. */
    static List<String> in(KubernetesClient client, String namespace) {
        return client.pods().inNamespace(namespace).list().getItems().stream()
                .flatMap(Crashes::of)
                .toList();
    }

    private static Stream<String> of(Pod pod) {
        return Stream.of(
                        pod.getStatus().getInitContainerStatuses(),
                        pod.getStatus().getContainerStatuses())
                .flatMap(List::stream)
                .filter(container -> container.getName().startsWith("hamesh-"))
                .flatMap(container -> states(container).map(state -> "%s of pod %s/%s, exit code %d at %s"
                        .formatted(
                                container.getName(),
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName(),
                                state.getTerminated().getExitCode(),
                                state.getTerminated().getFinishedAt())));
    }

    private static Stream<ContainerState> states(ContainerStatus container) {
        return Stream.of(container.getState(), container.getLastState())
                .filter(Objects::nonNull)
                .filter(state -> state.getTerminated() != null
                        && FAULTS.contains(state.getTerminated().getExitCode()));
    }
}
