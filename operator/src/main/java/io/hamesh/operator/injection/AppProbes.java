package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GRPCActionBuilder;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPGetActionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.TCPSocketActionBuilder;
import io.hamesh.model.AppProbe;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.FormerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ProbeSecret;
import io.hamesh.model.ProbeTarget;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import io.hamesh.operator.injection.ContainerProbes.Action;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Leads the kubelet's questions to HAProxy, and back: an injected pod's own probes are what its sidecars' settings say, and
 * are read again from there, so that a pod that another webhook changed since is injected as if for the first time.
 */
final class AppProbes {
    private AppProbes() {}

    /** The pod with its probes as its author wrote them, as far as its sidecars' settings tell. */
    static Pod restored(Pod pod) {
        List<AppProbe> told = told(pod);
        return ContainerProbes.change(pod, (container, kind, action) -> told.stream()
                .filter(probe -> isOf(probe, container, kind) && isRewritten(probe, action))
                .findFirst()
                .map(probe -> restored(probe.target(), action))
                .orElse(action));
    }

    /** The pod with the given probes led to HAProxy, which they show the secret. */
    static Pod rewritten(Pod original, List<AppProbe> probes, Optional<ProbeSecret> secret) {
        return ContainerProbes.change(original, (container, kind, action) -> find(probes, container, kind)
                .map(probe -> rewritten(probe, action, secret))
                .orElse(action));
    }

    /** Those of {@code probes} that the pod has been given before. */
    static List<AppProbe> alreadyIn(Pod pod, List<AppProbe> probes) {
        List<AppProbe> told = told(pod);
        return probes.stream().filter(told::contains).toList();
    }

    private static Optional<AppProbe> find(List<AppProbe> probes, Container container, Kind kind) {
        return probes.stream().filter(probe -> isOf(probe, container, kind)).findFirst();
    }

    private static boolean isOf(AppProbe probe, Container container, Kind kind) {
        return probe.container().equals(container.getName()) && probe.kind() == kind;
    }

    /** What the pod's agent, if it has one, would be told; whether it is genuine shows when the pod is injected anew. */
    private static List<AppProbe> told(Pod pod) {
        Map<String, String> env = Pods.agent(pod).stream()
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getValue() != null)
                .collect(Collectors.toMap(v -> v.getName(), v -> v.getValue(), (first, last) -> last));
        try {
            return BootstrapSettings.probes(FormerNames.translated(env));
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private static boolean isRewritten(AppProbe probe, Action action) {
        return switch (probe.target()) {
            case Http http -> action.http() != null && asksUs(action.http(), probe.path());
            case Tcp tcp -> action.http() != null && asksUs(action.http(), probe.path());
            case Grpc grpc ->
                action.grpc() != null
                        && Integer.valueOf(grpc.listen()).equals(action.grpc().getPort());
        };
    }

    private static boolean asksUs(HTTPGetAction http, String path) {
        return path.equals(http.getPath()) && new IntOrString(MeshPorts.OPS).equals(http.getPort());
    }

    private static Action restored(ProbeTarget target, Action action) {
        return switch (target) {
            case Http http -> Action.http(own(http, new HTTPGetActionBuilder(action.http())));
            case Tcp tcp ->
                Action.tcp(new TCPSocketActionBuilder()
                        .withPort(new IntOrString(tcp.port()))
                        .build());
            case Grpc grpc ->
                Action.grpc(new GRPCActionBuilder(action.grpc())
                        .withPort(grpc.port())
                        .build());
        };
    }

    private static HTTPGetAction own(Http http, HTTPGetActionBuilder asked) {
        return asked.withPath(http.path())
                .withPort(new IntOrString(http.port()))
                .withScheme(http.tls() ? "HTTPS" : "HTTP")
                .withHttpHeaders(ProbeSecrets.shown(asked.build().getHttpHeaders(), Optional.empty()))
                .build();
    }

    private static Action rewritten(AppProbe probe, Action action, Optional<ProbeSecret> secret) {
        return switch (probe.target()) {
            case Http http -> Action.http(asking(probe, new HTTPGetActionBuilder(action.http()), secret));
            case Tcp tcp -> Action.http(asking(probe, new HTTPGetActionBuilder(), secret));
            case Grpc grpc ->
                Action.grpc(new GRPCActionBuilder(action.grpc())
                        .withPort(grpc.listen())
                        .build());
        };
    }

    private static HTTPGetAction asking(AppProbe probe, HTTPGetActionBuilder action, Optional<ProbeSecret> secret) {
        return action.withPath(probe.path())
                .withPort(new IntOrString(MeshPorts.OPS))
                .withScheme("HTTP")
                .withHttpHeaders(ProbeSecrets.shown(action.build().getHttpHeaders(), secret))
                .build();
    }
}
