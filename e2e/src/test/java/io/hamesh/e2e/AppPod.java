package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.hamesh.model.Annotations;
import io.hamesh.model.Protocol;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pod of a test before it exists: one container, and the annotations that a user would write.
 *
 * @param command what the container runs; the scripts of {@code src/test/resources/apps} are mounted at {@code /apps}
 */
record AppPod(
        String name,
        String image,
        List<String> command,
        SortedMap<String, String> environment,
        SortedMap<String, String> annotations) {

    /** The port on which {@code server.mjs} and Redis listen, on loopback. */
    static final int APP_PORT = 9000;

    /** Where {@code caller.mjs} and {@code rogue.mjs} take commands. */
    static final int COMMANDS = 7000;

    /** A pod that calls what the test tells it to: see {@link Caller}. */
    static AppPod caller(String name) {
        return node(name, "caller");
    }

    /** A pod that serves whatever certificate the test gives it: see {@link Rogue}. */
    static AppPod rogue(String name) {
        return node(name, "rogue");
    }

    /** A server of each kind that probes ask, on loopback: see {@link Probed}. */
    static AppPod probed(String name) {
        return node(name, "probed");
    }

    /** Calls its upstream on that port until it is answered, and ends well. */
    static AppPod task(String name, int port) {
        return node(name, "task").with("PORT", Integer.toString(port));
    }

    /** A server on loopback that tells its pod's name and has streams that stay open, in the mesh as {@code service}. */
    static AppPod server(String name, String service, Protocol protocol) {
        return node(name, "server")
                .with("PROTOCOL", protocol.id())
                .with("PORT", Integer.toString(APP_PORT))
                .inMeshAs(service)
                .annotated(Annotations.PORT, Integer.toString(APP_PORT))
                .annotated(Annotations.PROTOCOL, protocol.id());
    }

    /** A hop of a chain under load ({@code apps/worker.mjs}), in the mesh as {@code service}; see {@link Load}. */
    static AppPod worker(String name, String service, Protocol protocol) {
        return node(name, "worker")
                .with("NAME", name)
                .with("PROTOCOL", protocol.id())
                .with("PORT", Integer.toString(APP_PORT))
                .inMeshAs(service)
                .annotated(Annotations.PORT, Integer.toString(APP_PORT))
                .annotated(Annotations.PROTOCOL, protocol.id());
    }

    /** A pod that makes load and keeps count of it: see {@link Load}. */
    static AppPod load(String name) {
        return node(name, "load");
    }

    /** Redis on loopback, in the mesh as {@code service}. */
    static AppPod redis(String name, String service) {
        List<String> command = List.of("redis-server", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp");
        return new AppPod(name, TestImages.REDIS, command, new TreeMap<>(), new TreeMap<>())
                .inMeshAs(service)
                .annotated(Annotations.PORT, "6379");
    }

    /** The demo's page, which counts its visits in Redis on 127.0.0.1:6379. */
    static AppPod demoPage(String name, String service) {
        return new AppPod(name, TestImages.NODE, List.of(), new TreeMap<>(), new TreeMap<>())
                .inMeshAs(service)
                .annotated(Annotations.PORT, "8080")
                .annotated(Annotations.PROTOCOL, "http");
    }

    private static AppPod node(String name, String script) {
        List<String> command = List.of("node", "/apps/" + script + ".mjs");
        return new AppPod(name, TestImages.NODE, command, new TreeMap<>(), new TreeMap<>());
    }

    /** With another command, for example a shell that starts the script. */
    AppPod running(String... words) {
        return new AppPod(name, image, List.of(words), environment, annotations);
    }

    AppPod inMeshAs(String service) {
        return annotated(Annotations.INJECT, "true").annotated(Annotations.SERVICE, service);
    }

    /** The same pod for somebody who does not use the mesh. */
    AppPod outsideTheMesh() {
        return new AppPod(name, image, command, environment, new TreeMap<>());
    }

    /** Upstreams as a user writes them, for example {@code redis:6379}. */
    AppPod calling(String... upstreams) {
        return annotated(Annotations.UPSTREAMS, String.join(", ", upstreams));
    }

    AppPod annotated(String key, String value) {
        SortedMap<String, String> more = new TreeMap<>(annotations);
        more.put(key, value);
        return new AppPod(name, image, command, environment, more);
    }

    /** The same with another command. */
    AppPod running(List<String> other) {
        return new AppPod(name, image, other, environment, annotations);
    }

    AppPod with(String variable, String value) {
        SortedMap<String, String> more = new TreeMap<>(environment);
        more.put(variable, value);
        return new AppPod(name, image, command, more, annotations);
    }

    /** Security as Pod Security {@code restricted} asks of the application's own container. */
    Pod build() {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withAnnotations(annotations)
                .withLabels(Map.of("app", name))
                .endMetadata()
                .withSpec(spec().build())
                .build();
    }

    PodSpecBuilder spec() {
        return new PodSpecBuilder()
                .withAutomountServiceAccountToken(false)
                .withTerminationGracePeriodSeconds(10L)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(1000L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewVolume()
                .withName("apps")
                .withNewConfigMap()
                .withName(Scene.APPS)
                .endConfigMap()
                .endVolume()
                .withContainers(container().build());
    }

    private ContainerBuilder container() {
        ContainerBuilder container = new ContainerBuilder()
                .withName("app")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand(command)
                .withEnv(environment.entrySet().stream()
                        .map(e -> new EnvVar(e.getKey(), e.getValue(), null))
                        .toList())
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("apps")
                .withMountPath("/apps")
                .endVolumeMount();
        return takesCommands() ? readyWithCommands(container) : container;
    }

    private boolean takesCommands() {
        return command.stream().anyMatch(word -> word.matches("/apps/(caller|rogue|load).mjs"));
    }

    private static ContainerBuilder readyWithCommands(ContainerBuilder container) {
        return container
                .withNewReadinessProbe()
                .withNewTcpSocket()
                .withNewPort(COMMANDS)
                .endTcpSocket()
                .withPeriodSeconds(1)
                .endReadinessProbe();
    }
}
