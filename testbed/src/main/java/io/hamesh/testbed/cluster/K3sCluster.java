package io.hamesh.testbed.cluster;

import com.github.dockerjava.api.DockerClient;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.image.DockerBuild;
import io.hamesh.testbed.image.Image;
import io.hamesh.testbed.image.ImageTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** K3s in a container that outlives this process (Testcontainers' reuse, which deploy/testbed switches on). */
public final class K3sCluster implements Cluster {
    private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.4-k3s1");
    private static final Map<String, String> LABEL = Map.of("io.hamesh.testbed", "k3s");

    private final Path folder;
    private final Path kubeconfig;
    private final Path scratch;
    private final Steps steps;

    public K3sCluster(Cache cache, Steps steps) {
        this.folder = cache.k3s();
        this.kubeconfig = folder.resolve("kubeconfig");
        this.scratch = cache.scratch();
        this.steps = steps;
    }

    @Override
    public Optional<Path> running() {
        return Files.exists(kubeconfig) && !containers().isEmpty() ? Optional.of(kubeconfig) : Optional.empty();
    }

    @Override
    public boolean up() {
        if (running().isPresent()) {
            steps.say("already up: K3s in Docker");
            return false;
        }
        steps.step("starting K3s in Docker", progress -> {
            var container = container();
            container.start();
            Trees.folder(folder);
            Trees.writeSecret(kubeconfig, container.getKubeConfigYaml());
            return true;
        });
        return true;
    }

    @Override
    public void down() {
        for (var id : containers()) {
            docker().removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
        Trees.delete(kubeconfig);
    }

    @Override
    public void load(List<Image> images) {
        var container = container();
        container.start();
        for (var image : images) {
            steps.step("loading " + image.reference(), progress -> {
                bringIn(container, image);
                return image;
            });
        }
    }

    @Override
    public Optional<ImageTool> imageTool() {
        return Optional.of(new DockerBuild());
    }

    @Override
    public String status() {
        return running()
                .map(file -> "K3s in Docker, container " + containers() + "\nkubeconfig " + file + "\n")
                .orElse("not running\n");
    }

    @Override
    public List<Path> logs() {
        return List.of();
    }

    @Override
    public List<Path> programs() {
        return List.of();
    }

    private void bringIn(K3sContainer container, Image image) {
        var archive = Trees.folder(scratch).resolve("image.tar");
        new DockerBuild().save(image.reference(), archive);
        container.copyFileToContainer(MountableFile.forHostPath(archive), "/tmp/image.tar");
        run(container, "ctr", "images", "import", "/tmp/image.tar");
        image.aliases().forEach(alias -> run(container, "ctr", "images", "tag", "--force", image.reference(), alias));
        Trees.delete(archive);
    }

    private static void run(K3sContainer container, String... command) {
        try {
            var result = container.execInContainer(command);
            if (result.getExitCode() != 0) {
                throw new TestbedException(String.join(" ", command) + " in K3s: " + result.getStderr());
            }
        } catch (IOException e) {
            throw new TestbedException("cannot run a command in K3s: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException("interrupted", e);
        }
    }

    private static K3sContainer container() {
        var container = new K3sContainer(IMAGE);
        container.withLabels(LABEL).withReuse(true);
        return container;
    }

    private static List<String> containers() {
        return docker().listContainersCmd().withLabelFilter(LABEL).exec().stream()
                .map(com.github.dockerjava.api.model.Container::getId)
                .toList();
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }
}
