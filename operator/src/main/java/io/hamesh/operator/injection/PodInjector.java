package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.hamesh.model.Annotations;
import io.hamesh.model.AppProbe;
import io.hamesh.model.ProbeSecret;
import io.hamesh.operator.injection.InjectionResult.Injected;
import io.hamesh.operator.injection.InjectionResult.NotInjected;
import io.hamesh.operator.injection.InjectionResult.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes a pod a member of the mesh. Pure, and idempotent: an injected pod comes out as it went in.
 *
 * <p>The pod it is given stays as it is.
 */
public final class PodInjector {
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private final MeshSettings mesh;
    private final Supplier<ProbeSecret> probeSecrets;

    /** @param probeSecrets makes one for each pod that has none */
    public PodInjector(MeshSettings mesh, Supplier<ProbeSecret> probeSecrets) {
        this.mesh = mesh;
        this.probeSecrets = probeSecrets;
    }

    public InjectionResult inject(Pod pod) {
        Problems problems = new Problems();
        AnnotationNames.check(pod, problems);
        PodAnnotations annotations = new PodAnnotations(pod, problems);
        if (annotations.inject()) {
            return injected(pod, annotations, problems);
        }
        InjectedParts.checkNone(pod, problems);
        return problems.isEmpty() ? new NotInjected() : new Refused(problems.all());
    }

    private InjectionResult injected(Pod pod, PodAnnotations annotations, Problems problems) {
        Optional<ProbeSecret> secret = ProbeSecrets.of(pod, probeSecrets);
        PodSettings settings = annotations.read(mesh).withProbeSecret(secret);
        new PortRules(pod, settings.service(), problems).check();
        checkNetwork(pod, problems);
        checkKubelet(pod, problems);
        PodDns.check(mesh, pod, problems);
        Pod original = settings.rewriteProbes() ? AppProbes.restored(pod) : pod;
        MeshSettings mesh = PodDns.settings(this.mesh, pod);
        List<AppProbe> probes =
                settings.rewriteProbes() ? ProbeReader.read(original, settings.service(), problems) : List.of();
        InjectedParts.check(pod, new Sidecars(mesh, settings.withProbes(AppProbes.alreadyIn(pod, probes))), problems);
        if (!problems.isEmpty()) {
            return new Refused(problems.all());
        }
        noteClientOnly(pod, problems);
        Origins.noteCopy(pod, problems);
        Sidecars sidecars = new Sidecars(mesh, settings.withProbes(probes));
        Pod own = AppProbes.rewritten(InjectedParts.without(original), probes, secret);
        return new Injected(
                with(sidecars.volume(), InjectedParts.kept(sidecars, pod), settings.preStopSleepSeconds(), own),
                settings.service().name(),
                problems.notes());
    }

    private static void checkNetwork(Pod pod, Problems problems) {
        if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
            problems.add(
                    "spec.hostNetwork",
                    "true: the sidecar's ports would be the node's; remove it, or set " + Annotations.INJECT
                            + " to \"false\"");
        }
    }

    /** What the API server shows of a static pod is a mirror: the kubelet runs its own file, without our containers. */
    private static void checkKubelet(Pod pod, Problems problems) {
        if (Pods.annotations(pod).containsKey(MIRROR)) {
            problems.add(
                    Problems.annotationField(MIRROR),
                    "the kubelet starts a static pod past injection: use a DaemonSet, or set " + Annotations.INJECT
                            + " to \"false\"");
        }
    }

    private static void noteClientOnly(Pod pod, Problems problems) {
        if (Pods.annotations(pod).containsKey(Annotations.PROTOCOL)
                && !Pods.annotations(pod).containsKey(Annotations.PORT)) {
            problems.note(
                    Annotations.PROTOCOL, "has no effect without " + Annotations.PORT + ": the pod is a client only");
        }
    }

    private static Pod with(Volume volume, List<Container> sidecars, int preStopSleepSeconds, Pod pod) {
        List<Container> initContainers = new ArrayList<>(sidecars);
        initContainers.addAll(Pods.initContainers(pod));
        List<Container> containers = pod.getSpec().getContainers().stream()
                .map(container -> withPause(container, preStopSleepSeconds))
                .toList();
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(Annotations.INJECTED_LABEL, "true")
                .endMetadata()
                .editSpec()
                .withInitContainers(initContainers)
                .withContainers(containers)
                .addToVolumes(volume)
                .endSpec()
                .build();
    }

    /** The kubelet stops applications first: the pause lets peers let go of the endpoint before. */
    private static Container withPause(Container container, int seconds) {
        boolean hasPreStop =
                container.getLifecycle() != null && container.getLifecycle().getPreStop() != null;
        if (seconds == 0 || hasPreStop) {
            return container;
        }
        return new ContainerBuilder(container)
                .editOrNewLifecycle()
                .withNewPreStop()
                .withNewSleep((long) seconds)
                .endPreStop()
                .endLifecycle()
                .build();
    }
}
