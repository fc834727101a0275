package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.HTTPHeaderBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ProbeSecret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The secret by which a pod's HAProxy knows the kubelet: made once, and read again from the pod when it is injected anew. */
final class ProbeSecrets {
    private ProbeSecrets() {}

    /** The pod's own where it has an agent already, else a new one. An agent of an earlier release has none, and keeps none. */
    static Optional<ProbeSecret> of(Pod pod, Supplier<ProbeSecret> fresh) {
        Optional<Container> agent = Pods.agent(pod);
        return agent.isEmpty()
                ? Optional.of(fresh.get())
                : agent.flatMap(found -> Pods.variable(found, BootstrapSettings.PROBE_SECRET))
                        .flatMap(ProbeSecrets::parsed);
    }

    private static Optional<ProbeSecret> parsed(String value) {
        try {
            return BootstrapSettings.probeSecret(Map.of(BootstrapSettings.PROBE_SECRET, value));
        } catch (IllegalArgumentException forged) {
            return Optional.empty();
        }
    }

    /** The headers with the secret as the last, or without it. */
    static List<HTTPHeader> shown(List<HTTPHeader> headers, Optional<ProbeSecret> secret) {
        Stream<HTTPHeader> ours = secret.stream().map(shown -> new HTTPHeaderBuilder()
                .withName(ProbeSecret.HEADER)
                .withValue(shown.value())
                .build());
        Stream<HTTPHeader> own =
                headers.stream().filter(header -> !ProbeSecret.HEADER.equalsIgnoreCase(header.getName()));
        return Stream.concat(own, ours).toList();
    }
}
