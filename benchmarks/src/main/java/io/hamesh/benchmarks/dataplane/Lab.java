package io.hamesh.benchmarks.dataplane;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import io.hamesh.testbed.Platform;
import io.hamesh.testbed.TestNamespace;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.host.Wait;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pods in which everything is measured, all in HAmesh: callers, one for each protocol's application, and two of a service
 * whose endpoints change. The other candidates use their networks. Nothing but a placeholder runs in their own containers:
 * caller and applications come from this machine, as do the other candidates' proxies.
 */
final class Lab implements AutoCloseable {
    static final String NAMESPACE = "hamesh-benchmark";
    private static final String PLACEHOLDER = "hamesh/demo-www:0.1.0";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    static final String CALLER = "caller";

    /** A service that may always call. */
    static final String NEIGHBOUR = "neighbour";

    /** A service that may call nobody. */
    static final String STRANGER = "stranger";

    /** The upstream whose only endpoint is an impostor. */
    static final String IMPERSONATED = "impersonated";

    /** The service of two pods, one of which comes and goes as Consul says. */
    static final String CHANGING = "changing";

    private static final String STAYING = CHANGING + "-stays";
    private static final String PASSING = CHANGING + "-passes";

    private static final int FIRST_UPSTREAM = 8101;
    private static final int CHANGING_UPSTREAM = 8108;
    private static final int IMPERSONATED_UPSTREAM = 8109;

    /** Nobody sets it: HAmesh's operator registers the pod as one that cannot serve, and others may say that it can. */
    private static final String CLOSED_GATE = "  readinessGates: [{conditionType: hamesh.io/benchmark}]\n";

    private final Platform platform;

    Lab(Platform platform) {
        this.platform = platform;
    }

    /**
     * The caller's pod and those of the applications.
     *
     * @param neighbour a caller that stays allowed
     * @param staying the one of {@link #CHANGING} that is there all the time
     * @param passing the other one
     */
    record Pods(Pod caller, Map<Protocol, Pod> applications, Pod neighbour, Pod staying, Pod passing) {
        Pod of(Protocol protocol) {
            return Objects.requireNonNull(applications.get(protocol));
        }
    }

    /** Makes them anew; returns once they run. They are in the mesh only when their applications listen. */
    Pods open() {
        close();
        TestNamespace.create(platform.client(), NAMESPACE);
        createCaller(CALLER);
        create(
                NEIGHBOUR,
                Map.of(
                        Annotations.SERVICE,
                        NEIGHBOUR,
                        Annotations.UPSTREAMS,
                        Protocol.HTTP.id() + ":" + upstream(Protocol.HTTP)),
                "");
        for (Protocol protocol : Protocol.values()) {
            create(protocol.id(), called(protocol.id(), protocol), "");
        }
        create(STAYING, called(CHANGING, Protocol.HTTP), "");
        create(PASSING, called(CHANGING, Protocol.HTTP), CLOSED_GATE);
        Map<Protocol, Pod> applications = Protocol.forEach(protocol -> awaitRunning(protocol.id()));
        return new Pods(
                awaitRunning(CALLER),
                applications,
                awaitRunning(NEIGHBOUR),
                awaitRunning(STAYING),
                awaitRunning(PASSING));
    }

    /** A pod of the service {@link #CALLER}. Returns its uid at once. */
    String createCaller(String name) {
        String upstreams = Stream.concat(
                        Arrays.stream(Protocol.values()).map(protocol -> protocol.id() + ":" + upstream(protocol)),
                        Stream.of(CHANGING + ":" + CHANGING_UPSTREAM, IMPERSONATED + ":" + IMPERSONATED_UPSTREAM))
                .collect(Collectors.joining(", "));
        return create(name, Map.of(Annotations.SERVICE, CALLER, Annotations.UPSTREAMS, upstreams), "");
    }

    private static Map<String, String> called(String service, Protocol protocol) {
        return Map.of(
                Annotations.SERVICE,
                service,
                Annotations.PORT,
                Integer.toString(protocol.appPort()),
                Annotations.PROTOCOL,
                protocol.id());
    }

    static int upstream(Protocol protocol) {
        return FIRST_UPSTREAM + protocol.number();
    }

    static int impersonatedUpstream() {
        return IMPERSONATED_UPSTREAM;
    }

    static int changingUpstream() {
        return CHANGING_UPSTREAM;
    }

    private String create(String name, Map<String, String> annotations, String gates) {
        Map<String, String> all = new TreeMap<>(annotations);
        all.put(Annotations.INJECT, "true");
        String lines = all.entrySet().stream()
                .map(entry -> "    %s: \"%s\"\n".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
        return apply("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  annotations:
                %sspec:
                %s  automountServiceAccountToken: false
                  terminationGracePeriodSeconds: 1
                  containers:
                    - name: placeholder
                      image: %s
                      imagePullPolicy: IfNotPresent
                      command: ["node", "-e", "setInterval(() => {}, 1000000)"]
                """.formatted(name, lines, gates, PLACEHOLDER));
    }

    private String apply(String yaml) {
        return platform.client()
                .resource(yaml)
                .inNamespace(NAMESPACE)
                .create()
                .getMetadata()
                .getUid();
    }

    /** Returns once it is gone. */
    void delete(String pod) {
        platform.kubectl("delete", "pod", pod, "-n", NAMESPACE, "--wait", "--timeout=60s");
    }

    Pod awaitRunning(String name) {
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

    /** Returns once all of them are in the mesh. */
    void awaitReady() {
        Wait.until(
                "all pods to be ready",
                PATIENCE,
                () -> platform.client().pods().inNamespace(NAMESPACE).list().getItems().stream()
                        .allMatch(Lab::canServe));
    }

    /** Whatever its readiness gates say. */
    private static boolean canServe(io.fabric8.kubernetes.api.model.Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("ContainersReady")
                        && condition.getStatus().equals("True"));
    }

    /** What sidecars said is gone with their pods otherwise. */
    private void keepLogs() {
        platform.client().pods().inNamespace(NAMESPACE).list().getItems().forEach(pod -> List.of(
                        ContainerNames.HAPROXY, ContainerNames.AGENT)
                .forEach(container -> keepLog(pod.getMetadata().getName(), container)));
    }

    private void keepLog(String pod, String container) {
        Trees.write(
                Trees.folder(StartedProcesses.LOGS).resolve(pod + "-" + container + ".log"),
                platform.tryKubectl("logs", "-n", NAMESPACE, pod, "-c", container)
                        .output());
    }

    @Override
    public void close() {
        keepLogs();
        platform.tryKubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait", "--timeout=120s");
    }
}
