package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import java.util.List;
import java.util.stream.Stream;

/** What only injection may put into a pod: found again on a second call, or forged by hand. */
final class InjectedParts {
    private static final String ONLY_WE =
            "only injection adds it, and this is not what injection adds: remove it here (kubectl debug --copy-to:"
                    + " --profile=general --keep-init-containers=false)";

    private InjectedParts() {}

    /** The pod as its author wrote it. */
    static Pod without(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .removeFromLabels(Annotations.INJECTED_LABEL)
                .endMetadata()
                .editSpec()
                .removeMatchingFromInitContainers(container -> isOurs(container.getName()))
                .removeMatchingFromVolumes(volume -> ContainerNames.VOLUME.equals(volume.getName()))
                .endSpec()
                .build();
    }

    /** The sidecars as they are to be, with the resources that others may have given to those that the pod has. */
    static List<Container> kept(Sidecars sidecars, Pod pod) {
        return sidecars.containers().stream()
                .map(ours -> Pods.initContainers(pod).stream()
                        .filter(container -> ours.getName().equals(container.getName()))
                        .filter(container -> !OtherRelease.wrote(container, ours))
                        .findFirst()
                        .map(container -> new ContainerBuilder(ours)
                                .withResources(container.getResources())
                                .build())
                        .orElse(ours))
                .toList();
    }

    private static boolean isOurs(String name) {
        return ContainerNames.AGENT.equals(name) || ContainerNames.HAPROXY.equals(name);
    }

    /** Refuses whatever of ours the pod carries, unless it is what {@code sidecars} would give it. */
    static void check(Pod pod, Sidecars sidecars, Problems problems) {
        long genuine = Pods.initContainers(pod).stream()
                .filter(container -> isGenuine(container, sidecars))
                .count();
        forged(pod, sidecars, problems);
        for (Volume volume : pod.getSpec().getVolumes()) {
            boolean same = volume.equals(sidecars.volume());
            if (ContainerNames.VOLUME.equals(volume.getName()) && !same) {
                problems.add("spec.volumes[" + ContainerNames.VOLUME + "]", "the sidecars' own name: choose another");
            }
        }
        checkMounts(pod, sidecars, problems);
        if (genuine < sidecars.containers().size()) {
            checkLabel(pod, problems);
        }
    }

    /** The volume holds the pod's key and what HAProxy runs: whoever mounts it is the mesh. */
    private static void checkMounts(Pod pod, Sidecars sidecars, Problems problems) {
        Stream.concat(pod.getSpec().getContainers().stream(), Pods.initContainers(pod).stream())
                .filter(container -> !isGenuine(container, sidecars))
                .filter(container -> container.getVolumeMounts().stream()
                        .anyMatch(mount -> ContainerNames.VOLUME.equals(mount.getName())))
                .forEach(container -> problems.add(
                        "spec.containers[" + container.getName() + "].volumeMounts[" + ContainerNames.VOLUME + "]",
                        "the sidecars' own volume, which holds the pod's key: choose another name"));
    }

    /** For a pod that stays out of the mesh, and therefore may carry nothing of ours. */
    static void checkNone(Pod pod, Problems problems) {
        pod.getSpec().getContainers().forEach(container -> reserved("spec.containers", container, problems));
        Pods.initContainers(pod).forEach(container -> reserved("spec.initContainers", container, problems));
        checkLabel(pod, problems);
    }

    private static void forged(Pod pod, Sidecars sidecars, Problems problems) {
        pod.getSpec().getContainers().forEach(container -> reserved("spec.containers", container, problems));
        Pods.initContainers(pod).stream()
                .filter(container -> !isGenuine(container, sidecars))
                .forEach(container -> reserved("spec.initContainers", container, problems));
    }

    private static void reserved(String list, Container container, Problems problems) {
        if (isOurs(container.getName())) {
            problems.add(list + "[" + container.getName() + "]", ONLY_WE);
        } else if (container.getName().startsWith(ContainerNames.RESERVED_PREFIX)) {
            problems.add(
                    list + "[" + container.getName() + "]",
                    "names that start with " + ContainerNames.RESERVED_PREFIX + " are the mesh's own: choose another");
        }
    }

    private static void checkLabel(Pod pod, Problems problems) {
        if (Pods.labels(pod).containsKey(Annotations.INJECTED_LABEL)) {
            problems.add(
                    "metadata.labels[" + Annotations.INJECTED_LABEL + "]",
                    "only injection sets it: remove it, and set the annotation " + Annotations.INJECT + " instead");
        }
    }

    private static boolean isGenuine(Container container, Sidecars sidecars) {
        return sidecars.containers().stream()
                .anyMatch(ours -> ours.getName().equals(container.getName())
                        && (OthersAdditions.areAllThatDiffers(container, ours) || OtherRelease.wrote(container, ours)));
    }
}
