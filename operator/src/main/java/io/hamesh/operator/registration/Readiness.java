package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import io.hamesh.operator.openports.OpenPorts;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a pod can serve, judged by its containers: the kubelet calls a pod with a dead agent unready, and it serves on.
 *
 * @param why in words, for Consul's users
 */
record Readiness(boolean isReady, String why) {
    private static final String PROXY_UNREADY = unready(ContainerNames.HAPROXY);
    private static final String RESTARTS_ALWAYS = "Always";

    static Readiness of(Pod pod, boolean nodeIsReady) {
        if (!nodeIsReady) {
            return new Readiness(false, "node " + pod.getSpec().getNodeName() + " is not ready");
        }
        return unreadyContainer(pod)
                .map(name -> new Readiness(false, unready(name)))
                .or(() -> openGate(pod).map(gate -> new Readiness(false, "readiness gate " + gate + " is not true")))
                .orElse(new Readiness(true, "all containers are ready"));
    }

    /** The same, with what keeps HAProxy unready in a pod that requires loopback. */
    Readiness blaming(OpenPorts ports) {
        return why.equals(PROXY_UNREADY) && !ports.isEmpty()
                ? new Readiness(false, Annotations.REQUIRE_LOOPBACK + ": port " + ports + " is open beyond loopback")
                : this;
    }

    private static String unready(String container) {
        return "container " + container + " is not ready";
    }

    private static Optional<String> unreadyContainer(Pod pod) {
        Stream<String> serving = Stream.concat(
                pod.getSpec().getInitContainers().stream()
                        .filter(container -> RESTARTS_ALWAYS.equals(container.getRestartPolicy()))
                        .map(Container::getName),
                pod.getSpec().getContainers().stream().map(Container::getName));
        return serving.filter(name -> !name.equals(ContainerNames.AGENT))
                .filter(name -> !isReady(pod, name))
                .findFirst();
    }

    private static boolean isReady(Pod pod, String container) {
        return Stream.concat(
                        pod.getStatus().getInitContainerStatuses().stream(),
                        pod.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getName().equals(container))
                .map(ContainerStatus::getReady)
                .anyMatch(Boolean.TRUE::equals);
    }

    private static Optional<String> openGate(Pod pod) {
        return pod.getSpec().getReadinessGates().stream()
                .map(PodReadinessGate::getConditionType)
                .filter(gate -> !isTrue(pod, gate))
                .findFirst();
    }

    private static boolean isTrue(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .map(PodCondition::getStatus)
                .anyMatch("True"::equals);
    }
}
