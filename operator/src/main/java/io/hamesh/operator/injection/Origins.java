package io.hamesh.operator.injection;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.PodOrigin;
import java.util.Optional;

/** Whether a pod that comes with sidecars is the one that they were made for, or a copy of it for debugging. */
final class Origins {
    private Origins() {}

    /** What the pod's agent says, also where that is nothing; without an agent, the pod itself. */
    static Optional<String> injectedAs(Pod pod) {
        Optional<Container> agent = Pods.agent(pod);
        return agent.isEmpty()
                ? Optional.of(own(pod))
                : agent.flatMap(found -> Pods.variable(found, PodOrigin.VARIABLE));
    }

    /** Such a pod is in the mesh, and registration leaves it out of Consul. */
    static void noteCopy(Pod pod, Problems problems) {
        if (isCopy(pod)) {
            problems.noteField(
                    "metadata.name",
                    "a copy of pod " + injectedAs(pod).orElseThrow()
                            + ": it may call its upstreams, and takes no traffic of the mesh");
        }
    }

    /** A copy has no owner any more, after which it could be called. */
    static Optional<String> serviceOfCopy(Pod pod) {
        return Pods.agent(pod)
                .filter(agent -> isCopy(pod))
                .flatMap(agent -> Pods.variable(agent, BootstrapSettings.SERVICE));
    }

    private static boolean isCopy(Pod pod) {
        return injectedAs(pod).filter(origin -> !origin.equals(own(pod))).isPresent();
    }

    private static String own(Pod pod) {
        ObjectMeta metadata = pod.getMetadata();
        return PodOrigin.of(
                requireNonNullElse(metadata.getGenerateName(), ""), requireNonNullElse(metadata.getName(), ""));
    }
}
