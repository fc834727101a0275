package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.Annotations;
import io.hamesh.model.ClusterDns;
import io.hamesh.model.ProbeSecret;
import java.util.List;
import java.util.Optional;

/** Pods to inject. */
final class PodFixtures {
    static final MeshSettings MESH = new MeshSettings(
            "prod",
            "http://hamesh-consul.hamesh-system:8500",
            "hamesh/agent:1",
            "hamesh/haproxy:1",
            "IfNotPresent",
            3,
            false,
            Optional.of(
                    ClusterDns.parse("10.96.0.10 hamesh-system.svc.cluster.local,svc.cluster.local,cluster.local")));
    static final ProbeSecret SECRET = new ProbeSecret("0123456789abcdef".repeat(2));
    static final PodInjector INJECTOR = new PodInjector(MESH, () -> SECRET);

    private PodFixtures() {}

    /** A pod named {@code www} with one container {@code app}, annotated with {@code name, value, ...}. */
    static PodBuilder pod(String... annotations) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName("www")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("app")
                .addNewPort()
                .withName("http")
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec();
        for (int i = 0; i < annotations.length; i += 2) {
            pod.editMetadata()
                    .addToAnnotations(Annotations.PREFIX + annotations[i], annotations[i + 1])
                    .endMetadata();
        }
        return pod;
    }

    static PodBuilder injectable(String... annotations) {
        return pod(annotations)
                .editMetadata()
                .addToAnnotations(Annotations.INJECT, "true")
                .endMetadata();
    }

    static Pod injected(Pod pod) {
        return switch (INJECTOR.inject(pod)) {
            case InjectionResult.Injected result -> result.pod();
            case InjectionResult.NotInjected none -> throw new AssertionError("not injected");
            case InjectionResult.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    /** Each problem as its author reads it; none where the pod is not refused. */
    static List<String> problems(Pod pod) {
        return INJECTOR.inject(pod) instanceof InjectionResult.Refused refused
                ? refused.problems().stream().map(Problem::toString).toList()
                : List.of();
    }
}
