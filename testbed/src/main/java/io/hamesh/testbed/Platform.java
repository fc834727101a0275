package io.hamesh.testbed;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hamesh.testbed.cluster.Cluster;
import io.hamesh.testbed.cluster.ExistingCluster;
import io.hamesh.testbed.cluster.K3sCluster;
import io.hamesh.testbed.cluster.NativeCluster;
import io.hamesh.testbed.evidence.Evidence;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.MachineLock;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.road.Machine;
import io.hamesh.testbed.road.Road;
import io.hamesh.testbed.road.RoadChoice;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A real Kubernetes on this machine, with this checkout's images in it. The way in for tests and for the command line. */
public final class Platform {
    /** Where HAmesh is installed: namespace and Helm release. */
    public static final String SYSTEM_NAMESPACE = "hamesh-system";

    private final Cache cache;
    private final Checkout checkout;
    private final Steps steps;
    private final Cluster cluster;
    private final Map<Path, KubernetesClient> clients = new HashMap<>();

    private Platform(Cache cache, Checkout checkout, Steps steps, Cluster cluster) {
        this.cache = cache;
        this.checkout = checkout;
        this.steps = steps;
        this.cluster = cluster;
    }

    /** The one that this JVM's tests share; {@link PlatformExtension} brings it up. */
    public static Platform get() {
        return OfThisProcess.PLATFORM;
    }

    /** Finds the road to a cluster; nothing is started yet. Fails with what to do if there is none. */
    public static Platform find(Steps steps) {
        var environment = System.getenv();
        var cache = Cache.fromEnvironment(environment);
        var checkout = Checkout.find(environment, Path.of(""));
        Cluster cluster =
                switch (RoadChoice.choose(Machine.inspect(environment))) {
                    case Road.Existing existing -> new ExistingCluster(existing.kubeconfig());
                    case Road.Docker docker -> new K3sCluster(cache, steps);
                    case Road.Native here -> new NativeCluster(cache, checkout, steps);
                    case Road.Blocked blocked -> throw new TestbedException(blocked.whatToDo());
                };
        return new Platform(cache, checkout, steps, cluster);
    }

    /** Brings the cluster up unless it is up; true if this call started it. */
    public boolean up() {
        return locked(cluster::up);
    }

    /** Takes the cluster down. What was built stays in the cache. */
    public void down() {
        locked(() -> steps.step("taking the cluster down", progress -> {
            cluster.down();
            return true;
        }));
    }

    public boolean isUp() {
        return cluster.running().isPresent();
    }

    /** What runs, where and since when, for people. */
    public String status() {
        return cluster.status();
    }

    public Path kubeconfig() {
        return cluster.running()
                .orElseThrow(() -> new TestbedException("the cluster is not up: run deploy/testbed up"));
    }

    /** A client with full rights; the same one at each call, so callers leave it open. */
    public synchronized KubernetesClient client() {
        return clients.computeIfAbsent(kubeconfig(), file -> new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(file.toFile()))
                .build());
    }

    synchronized void closeClient() {
        clients.values().forEach(KubernetesClient::close);
        clients.clear();
    }

    /** Standard output of {@code kubectl}; fails with what it said if it fails. */
    public String kubectl(String... arguments) {
        return command("kubectl").and(arguments).output();
    }

    /** {@code kubectl} whose failure the caller judges. */
    public Command.Result tryKubectl(String... arguments) {
        return command("kubectl").and(arguments).run();
    }

    /** Standard output of {@code helm}; fails with what it said if it fails. */
    public String helm(String... arguments) {
        return command("helm").and(arguments).output();
    }

    /** Builds what changed of the project's images and brings it into the cluster. Needs the jars of {@code mvn package}. */
    public ProjectImages buildImages() {
        return locked(() -> images().buildAndLoad());
    }

    /** The Helm values that the last {@link #buildImages()} wrote. */
    public Path helmValues() {
        return images().valuesFile();
    }

    /** The folder of this checkout's chart. */
    public Path chart() {
        return checkout.at("charts/hamesh");
    }

    /** Images as they are, then the chart in {@value #SYSTEM_NAMESPACE}; waits until it is ready. */
    public void installHamesh(String... moreHelmArguments) {
        if (cluster.imageTool().isPresent()) {
            buildImages();
        }
        steps.step("helm install", progress -> {
            var command = command("helm")
                    .and("upgrade", "--install", SYSTEM_NAMESPACE, chart().toString())
                    .and("--namespace", SYSTEM_NAMESPACE, "--create-namespace", "--wait", "--timeout", "5m");
            if (cluster.imageTool().isPresent() && Files.exists(helmValues())) {
                command = command.and("--values", helmValues().toString());
            }
            return command.and(moreHelmArguments).output();
        });
    }

    /** Keeps pod logs, events, HAProxy's configuration and Consul's catalogue in a folder, without secrets. */
    public void keepEvidence(Path folder, Throwable failure) {
        Evidence.keep(folder.toAbsolutePath(), command("kubectl"), SYSTEM_NAMESPACE, status(), cluster.logs(), failure);
        steps.say("kept for a look: " + folder.toAbsolutePath());
    }

    /** A program of the platform (kubectl, helm, consul), or any other, with this cluster in its environment. */
    public Command command(String program) {
        var found = cluster.programs().stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
        return Command.of(found.map(Path::toString).orElse(program))
                .with("KUBECONFIG", kubeconfig().toString())
                .with("PATH", path());
    }

    private String path() {
        var folders = new ArrayList<String>();
        cluster.programs().forEach(folder -> folders.add(folder.toString()));
        folders.addAll(List.of(System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin")));
        return String.join(File.pathSeparator, folders);
    }

    private ImageSet images() {
        return new ImageSet(cache, checkout, cluster, steps);
    }

    private <T> T locked(Supplier<T> work) {
        return MachineLock.holding(cache, steps, () -> {
            var result = work.get();
            Trees.write(cache.timings(), steps.table());
            return result;
        });
    }

    private static final class OfThisProcess {
        static final Platform PLATFORM = find(new Steps(System.err));
    }
}
