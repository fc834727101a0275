package io.hamesh.benchmarks.dataplane;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.model.Annotations;
import io.hamesh.testbed.Platform;
import io.hamesh.testbed.TestNamespace;
import io.hamesh.testbed.host.Wait;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pods in which everything is measured: one that calls, and one for each protocol's application, all in HAmesh. The
 * other candidates use their networks. Nothing but a placeholder runs in their own containers: caller and applications
 * come from this machine, as do the other candidates' proxies.
 */
final class Lab implements AutoCloseable {
    static final String NAMESPACE = "hamesh-benchmark";
    private static final String PLACEHOLDER = "hamesh/demo-www:0.1.0";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    static final String CALLER = "caller";

    /** A service that may call nobody. */
    static final String STRANGER = "stranger";

    /** The upstream whose only endpoint is an impostor. */
    static final String BETRAYED = "betrayed";

    private static final int FIRST_UPSTREAM = 8101;
    private static final int BETRAYED_UPSTREAM = 8109;

    private final Platform platform;

    Lab(Platform platform) {
        this.platform = platform;
    }

    /** The caller's pod and those of the applications. */
    record Pods(Pod caller, Map<Protocol, Pod> applications) {
        Pod of(Protocol protocol) {
            return Objects.requireNonNull(applications.get(protocol));
        }
    }

    /** Makes them anew; returns once they run. They are in the mesh only when their applications listen. */
    Pods open() {
        close();
        TestNamespace.create(platform.client(), NAMESPACE);
        String upstreams = Stream.concat(
                        Arrays.stream(Protocol.values()).map(protocol -> protocol.id() + ":" + upstream(protocol)),
                        Stream.of(BETRAYED + ":" + BETRAYED_UPSTREAM))
                .collect(Collectors.joining(", "));
        create(CALLER, Map.of(Annotations.SERVICE, CALLER, Annotations.UPSTREAMS, upstreams));
        for (Protocol protocol : Protocol.values()) {
            create(
                    protocol.id(),
                    Map.of(
                            Annotations.SERVICE,
                            protocol.id(),
                            Annotations.PORT,
                            Integer.toString(protocol.appPort()),
                            Annotations.PROTOCOL,
                            protocol.id()));
        }
        Map<Protocol, Pod> applications = Protocol.forEach(protocol -> awaitRunning(protocol.id()));
        return new Pods(awaitRunning(CALLER), applications);
    }

    static int upstream(Protocol protocol) {
        return FIRST_UPSTREAM + protocol.number();
    }

    static int betrayedUpstream() {
        return BETRAYED_UPSTREAM;
    }

    private void create(String name, Map<String, String> annotations) {
        Map<String, String> all = new TreeMap<>(annotations);
        all.put(Annotations.INJECT, "true");
        String lines = all.entrySet().stream()
                .map(entry -> "    %s: \"%s\"\n".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
        apply("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  annotations:
                %sspec:
                  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 1
                  containers:
                    - name: placeholder
                      image: %s
                      imagePullPolicy: IfNotPresent
                      command: ["node", "-e", "setInterval(() => {}, 1000000)"]
                """.formatted(name, lines, PLACEHOLDER));
    }

    private void apply(String yaml) {
        platform.client().resource(yaml).inNamespace(NAMESPACE).create();
    }

    private Pod awaitRunning(String name) {
        Wait.until("pod " + name + " to run", PATIENCE, () -> {
            var pod = platform.client()
                    .pods()
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .get();
            return pod != null && "Running".equals(pod.getStatus().getPhase()) && areStarted(pod);
        });
        var pod = platform.client().pods().inNamespace(NAMESPACE).withName(name).require();
        return new Pod(
                name,
                pod.getStatus().getPodIP(),
                statuses(pod)
                        .filter(status -> status.getState().getRunning() != null)
                        .collect(Collectors.toMap(ContainerStatus::getName, status -> status.getContainerID()
                                .replaceFirst("^.*//", ""))));
    }

    private static boolean areStarted(io.fabric8.kubernetes.api.model.Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .allMatch(status -> status.getState().getRunning() != null);
    }

    private static Stream<ContainerStatus> statuses(io.fabric8.kubernetes.api.model.Pod pod) {
        return Stream.concat(
                pod.getStatus().getInitContainerStatuses().stream(), pod.getStatus().getContainerStatuses().stream());
    }

    /** Whether all of them are in the mesh. */
    void awaitReady() {
        Wait.until(
                "all pods to be ready",
                PATIENCE,
                () -> platform.client().pods().inNamespace(NAMESPACE).list().getItems().stream()
                        .allMatch(Readiness::isPodReady));
    }

    @Override
    public void close() {
        platform.tryKubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait", "--timeout=120s");
    }
}
