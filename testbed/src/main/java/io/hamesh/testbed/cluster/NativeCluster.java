package io.hamesh.testbed.cluster;

import io.hamesh.testbed.binaries.Binaries;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Packages;
import io.hamesh.testbed.host.Requirement;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.host.Wait;
import io.hamesh.testbed.image.Buildah;
import io.hamesh.testbed.image.Image;
import io.hamesh.testbed.image.ImageBuilder;
import io.hamesh.testbed.image.ImageTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One node of plain processes inside namespaces of its own. */
public final class NativeCluster implements Cluster {
    private static final Duration START = Duration.ofMinutes(2);

    private final Cache cache;
    private final Checkout checkout;
    private final Steps steps;
    private final StateFolder state;

    public NativeCluster(Cache cache, Checkout checkout, Steps steps) {
        this.cache = cache;
        this.checkout = checkout;
        this.steps = steps;
        this.state = StateFolder.of(cache);
    }

    @Override
    public Optional<Path> running() {
        return NodeProcess.find(state).map(node -> state.kubeconfig());
    }

    @Override
    public boolean up() {
        var node = NodeProcess.find(state);
        if (node.isPresent() && Files.exists(state.run().resolve("ready"))) {
            steps.step("already up, asking the API server", progress -> {
                awaitRunning();
                return true;
            });
            return false;
        }
        Packages.ensure(Requirement.NATIVE, steps);
        var binaries = Binaries.ensure(cache, checkout, steps);
        var builder = new ImageBuilder(cache, checkout, tool(), steps);
        var pause = builder.platformImage("pause", binaries);
        var coreDns = builder.platformImage("coredns", binaries);
        // What a killed or interrupted run left; a node that never became ready as well.
        down();
        binaries.forgetOthers(cache);
        try {
            start(binaries, pause, coreDns);
        } catch (TestbedException e) {
            throw new TestbedException(e.getMessage() + "\n" + warnings() + status(), e);
        }
        Trees.write(state.run().resolve("ready"), "");
        return true;
    }

    private void start(Binaries binaries, Image pause, Image coreDns) {
        steps.step("starting the node", progress -> startNode(binaries, pause, progress));
        imageStore().forgetReplaced(tool(), ImageBuilder.PREFIX);
        load(List.of(pause, coreDns));
        steps.step("waiting for the node", progress -> {
            readiness().awaitApi();
            readiness().awaitNode();
            return true;
        });
        steps.step("cluster DNS", progress -> {
            installDns(coreDns);
            return true;
        });
    }

    @Override
    public void down() {
        NodeProcess.find(state).ifPresent(NodeProcess::end);
        // First, as this is what refuses if the device is a living cluster's.
        Cgroups.remove();
        HostNetwork.remove();
        state.clear();
    }

    @Override
    public void load(List<Image> images) {
        imageStore().load(images, tool(), steps);
    }

    @Override
    public Optional<ImageTool> imageTool() {
        return Optional.of(tool());
    }

    @Override
    public String status() {
        return new NodeStatus(state, cache).text();
    }

    @Override
    public List<Path> logs() {
        return Trees.list(state.log()).stream().filter(Files::isRegularFile).toList();
    }

    /** The programs that started this cluster, remembered so that nothing is hashed or built to find kubectl. */
    @Override
    public List<Path> programs() {
        return Files.exists(programsFile())
                ? Trees.read(programsFile()).lines().map(Path::of).toList()
                : List.of();
    }

    private NodeProcess startNode(Binaries binaries, Image pause, Steps.Progress progress) {
        HostNetwork.assertFree();
        state.create();
        new NodeFiles(state).write(pause.reference());
        new Components(state, binaries).write();
        Trees.write(
                programsFile(),
                String.join(
                        "\n", binaries.folders().stream().map(Path::toString).toList()));
        var node = NodeProcess.start(
                state,
                List.of(
                        state.config().resolve("node.sh").toString(),
                        state.root().toString(),
                        cache.root().toString(),
                        binaries.program("kubectl").toString(),
                        Addresses.NODE,
                        Addresses.NODE_ON_VETH + Addresses.VETH_PREFIX,
                        Addresses.HOST,
                        Addresses.NODE_DEVICE));
        HostNetwork.connect(node.pid());
        progress.at("waiting for containerd");
        var imagesReady = state.run().resolve("images-ready");
        Wait.until("containerd", START, () -> Files.exists(imagesReady) || !node.alive());
        if (!node.alive()) {
            throw new TestbedException("the node ended while it started:\n"
                    + Trees.read(state.log().resolve("node.log")));
        }
        return node;
    }

    private void installDns(Image coreDns) {
        var manifest = state.config().resolve("coredns.yaml");
        var values = Map.of("COREDNS_IMAGE", coreDns.reference(), "DNS_SERVICE", Addresses.DNS_SERVICE);
        Trees.write(manifest, NodeFiles.fill(NodeFiles.resource("coredns.yaml"), values));
        kubectl().and("apply", "--filename", manifest.toString()).output();
        readiness().awaitDns();
    }

    private void awaitRunning() {
        try {
            readiness().awaitApi();
        } catch (TestbedException e) {
            throw new TestbedException(
                    e.getMessage() + "\nIt runs, yet it is not well: deploy/testbed down, then up again.\n" + status(),
                    e);
        }
    }

    /** What Kubernetes complains about, where it can say anything. */
    private String warnings() {
        return kubectl()
                .and("get", "events", "--all-namespaces", "--field-selector=type=Warning", "--request-timeout=5s")
                .run()
                .output();
    }

    private ImageStore imageStore() {
        var node = NodeProcess.find(state)
                .orElseThrow(() -> new TestbedException("the cluster is not up: run deploy/testbed up"));
        return new ImageStore(node, cache.scratch());
    }

    private Readiness readiness() {
        return new Readiness(kubectl());
    }

    private Command kubectl() {
        return Command.of(
                programs().getFirst().resolve("kubectl").toString(),
                "--kubeconfig",
                state.kubeconfig().toString());
    }

    private Path programsFile() {
        return state.config().resolve("programs");
    }

    private Buildah tool() {
        return new Buildah(cache);
    }
}
