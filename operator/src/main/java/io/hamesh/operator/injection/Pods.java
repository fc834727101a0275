package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.ContainerNames;
import java.util.List;
import java.util.Map;
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
