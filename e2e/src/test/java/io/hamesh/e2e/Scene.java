package io.hamesh.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.testbed.Platform;
import io.hamesh.testbed.TestNamespace;
import io.hamesh.testbed.host.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What one test class plays in: a namespace with the test applications, and service names that no other class uses
 * (Consul's community edition has one space of names for the whole mesh).
 */
final class Scene {
    /** Namespace and release of the installation. */
    static final String RELEASE = Platform.SYSTEM_NAMESPACE;

    /** The ConfigMap of the applications' scripts. */
    static final String APPS = "apps";

    static final Duration POD_START = Duration.ofSeconds(90);
    private static final List<String> SCRIPTS = List.of(
            "control.mjs",
            "caller.mjs",
            "server.mjs",
            "rogue.mjs",
            "probed.mjs",
            "task.mjs",
            "worker.mjs",
            "load.mjs",
            "second-webhook.mjs");

    private final KubernetesClient client;
    private final Kubectl kubectl;
    private final Consul consul;
    private final Platform platform;

    private Scene(Platform platform, KubernetesClient client, Kubectl kubectl, Consul consul) {
        this.platform = platform;
        this.client = client;
        this.kubectl = kubectl;
        this.consul = consul;
    }

    static Scene open(TestNamespace namespace) {
        Platform platform = namespace.platform();
        KubernetesClient client = platform.client();
        Kubectl kubectl = new Kubectl(platform.command("kubectl"), namespace.name());
        Scene scene = new Scene(platform, client, kubectl, new Release(platform).consul(kubectl));
        scene.writeApps();
        return scene;
    }

    /** The same, with the test applications, in another namespace that exists. */
    Scene in(String otherNamespace) {
        Scene other = new Scene(platform, client, kubectl.in(otherNamespace), consul);
        other.writeApps();
        return other;
    }

    KubernetesClient client() {
        return client;
    }

    Kubectl kubectl() {
        return kubectl;
    }

    /** One template of this checkout's chart, with settings as for {@code helm --set}. */
    String rendered(String template, String... settings) {
        String chart = Checkout.find(Map.of(), Path.of("")).at("charts/hamesh").toString();
        return platform.helm("template", RELEASE, chart, "--show-only", template, "--set", String.join(",", settings));
    }

    /** {@code kubectl} in the namespace of the installation. */
    Kubectl release() {
        return kubectl.in(RELEASE);
    }

    Consul consul() {
        return consul;
    }

    String namespace() {
        return kubectl.namespace();
    }

    /** A service name that is this scene's own. */
    String service(String name) {
        return name + "-" + namespace();
    }

    Pod pod(String name) {
        return client.pods().inNamespace(namespace()).withName(name).require();
    }

    /** Starts the pods at the same time and waits until all are ready. */
    List<RunningPod> start(AppPod... pods) {
        Stream.of(pods).forEach(this::create);
        List<RunningPod> running = new ArrayList<>();
        for (AppPod pod : pods) {
            running.add(awaitReady(pod.name()));
        }
        return running;
    }

    RunningPod start(AppPod pod) {
        return start(new AppPod[] {pod}).getFirst();
    }

    /** Creates the pod and does not wait for it. */
    void create(AppPod pod) {
        create(pod.build());
    }

    Pod create(Pod pod) {
        return client.pods().inNamespace(namespace()).resource(pod).create();
    }

    RunningPod awaitReady(String name) {
        Eventually.that("pod " + namespace() + "/" + name + " to be ready", POD_START, () -> {
            Pod pod = pod(name);
            if (!Readiness.isPodReady(pod)) {
                throw new AssertionError(pod.getStatus());
            }
        });
        return new RunningPod(this, name, pod(name).getStatus().getPodIP());
    }

    void delete(RunningPod pod) {
        client.pods().inNamespace(namespace()).withName(pod.name()).delete();
    }

    List<String> podNames() {
        return client.pods().inNamespace(namespace()).list().getItems().stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    void apply(Intention intention) {
        kubectl.apply(intention.yaml()).expectSuccess();
    }

    void delete(Intention intention) {
        kubectl.run("delete", "serviceintention", intention.name()).expectSuccess();
    }

    /** That condition in the status of a {@code ServiceIntention}, as people read it. */
    JsonNode condition(Intention intention, String type) {
        JsonNode object = Json.tree(kubectl.run("get", "serviceintention", intention.name(), "-o", "json")
                .expectSuccess());
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        throw new AssertionError("no condition " + type + " in " + object.path("status"));
    }

    /** Waits until sidecars would be given that many endpoints of the service. */
    void awaitEndpoints(String service, int count) {
        Eventually.get(count + " endpoints of " + service, () -> consul.endpoints(service), all -> all.size() == count);
    }

    private void writeApps() {
        Map<String, String> data = new TreeMap<>();
        SCRIPTS.forEach(script -> data.put(script, resource("/apps/" + script)));
        client.configMaps()
                .inNamespace(namespace())
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(APPS)
                        .endMetadata()
                        .withData(data)
                        .build())
                .create();
    }

    private static String resource(String path) {
        try (var stream = Scene.class.getResourceAsStream(path)) {
            if (stream == null) {
                throw new IllegalStateException(path + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
