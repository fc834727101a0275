package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.ContainerNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The parts of a pod that are asked for again and again, present or not. */
final class Pods {
    private static final int DEFAULT_GRACE_SECONDS = 30;

    private Pods() {}

    static Map<String, String> annotations(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    static Map<String, String> labels(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    static List<Container> initContainers(Pod pod) {
        return pod.getSpec().getInitContainers();
    }

    /** The agent's container, where the pod has one already; whether it is genuine shows when the pod is injected anew. */
    static Optional<Container> agent(Pod pod) {
        return initContainers(pod).stream()
                .filter(container -> ContainerNames.AGENT.equals(container.getName()))
                .findFirst();
    }

    /** What that variable of a container says; empty where it is not set by value. */
    static Optional<String> variable(Container container, String name) {
        return container.getEnv().stream()
                .filter(variable -> name.equals(variable.getName()))
                .flatMap(variable -> Stream.ofNullable(variable.getValue()))
                .findFirst();
    }

    /** Containers of both kinds that are the pod's own. */
    static List<Container> ownContainers(Pod pod) {
        return Stream.concat(pod.getSpec().getContainers().stream(), initContainers(pod).stream())
                .filter(Pods::isOwn)
                .toList();
    }

    static boolean isOwn(Container container) {
        return !container.getName().startsWith(ContainerNames.RESERVED_PREFIX);
    }

    static List<ContainerPort> ownPorts(Pod pod) {
        return ownContainers(pod).stream()
                .flatMap(container -> container.getPorts().stream())
                .toList();
    }

    static int graceSeconds(Pod pod) {
        Long grace = pod.getSpec().getTerminationGracePeriodSeconds();
        return grace == null ? DEFAULT_GRACE_SECONDS : Math.toIntExact(Math.min(grace, Integer.MAX_VALUE));
    }
}
