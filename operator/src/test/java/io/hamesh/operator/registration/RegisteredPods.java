package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.Annotations;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.PodOrigin;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Injected pods as the API server shows them. */
final class RegisteredPods {
    static final ServiceSettings WWW = ServiceSettings.named("www")
            .port(OptionalInt.of(8080))
            .upstreams(List.of(new Upstream("redis", 6379)))
            .tags(List.of("v2"))
            .meta(Map.of("team", "shop"))
            .build();

    private RegisteredPods() {}

    /** A pod {@code shop/www-1} on node {@code n1}, with everything ready. */
    static PodBuilder ready() {
        return pod("www-1", "0123456789abcdef", WWW);
    }

    static ServiceSettings speaking(Protocol protocol) {
        return WWW.toBuilder().protocol(protocol).build();
    }

    static PodBuilder pod(String name, String uid, ServiceSettings service) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withUid(uid)
                .withCreationTimestamp("2026-01-01T00:00:00Z")
                .addToLabels(Annotations.INJECTED_LABEL, "true")
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .withServiceAccountName("www")
                .addNewInitContainer()
                .withName("hamesh-agent")
                .withRestartPolicy("Always")
                .withEnv(new BootstrapSettings("prod", "http://consul:8500", service)
                        .toEnvironment().entrySet().stream()
                                .map(e -> new EnvVarBuilder()
                                        .withName(e.getKey())
                                        .withValue(e.getValue())
                                        .build())
                                .toList())
                .endInitContainer()
                .addNewInitContainer()
                .withName("hamesh-haproxy")
                .withRestartPolicy("Always")
                .endInitContainer()
                .addNewContainer()
                .withName("app")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("10.1.0.7")
                .withHostIP("192.0.2.1")
                .addToInitContainerStatuses(
                        new ContainerStatusBuilder()
                                .withName("hamesh-agent")
                                .withReady(true)
                                .build(),
                        new ContainerStatusBuilder()
                                .withName("hamesh-haproxy")
                                .withReady(true)
                                .build())
                .addToContainerStatuses(new ContainerStatusBuilder()
                        .withName("app")
                        .withReady(true)
                        .build())
                .endStatus();
    }

    /** A pod of that name whose sidecars were made for another, or for it. */
    static Pod injectedAs(String name, String origin) {
        return pod(name, name, WWW)
                .editSpec()
                .editMatchingInitContainer(container -> container.getName().equals("hamesh-agent"))
                .addNewEnv()
                .withName(PodOrigin.VARIABLE)
                .withValue(origin)
                .endEnv()
                .endInitContainer()
                .endSpec()
                .build();
    }

    static Pod withReadiness(String container, boolean ready) {
        return withReadiness(WWW, container, ready);
    }

    static Pod withReadiness(ServiceSettings service, String container, boolean ready) {
        PodBuilder pod = pod("www-1", "0123456789abcdef", service);
        pod.editStatus()
                .withInitContainerStatuses(pod.buildStatus().getInitContainerStatuses().stream()
                        .map(status -> new ContainerStatusBuilder(status)
                                .withReady(status.getName().equals(container) ? ready : status.getReady())
                                .build())
                        .toList())
                .withContainerStatuses(pod.buildStatus().getContainerStatuses().stream()
                        .map(status -> new ContainerStatusBuilder(status)
                                .withReady(status.getName().equals(container) ? ready : status.getReady())
                                .build())
                        .toList())
                .endStatus();
        return pod.build();
    }
}
