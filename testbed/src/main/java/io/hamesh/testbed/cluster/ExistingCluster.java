package io.hamesh.testbed.cluster;

import io.hamesh.testbed.image.Image;
import io.hamesh.testbed.image.ImageTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Somebody else's cluster: used, never started or stopped. It takes images from a registry that it can reach. */
public record ExistingCluster(Path kubeconfig) implements Cluster {
    @Override
    public Optional<Path> running() {
        return Optional.of(kubeconfig);
    }

    @Override
    public boolean up() {
        return false;
    }

    @Override
    public void down() {
        // Not ours to stop.
    }

    @Override
    public void load(List<Image> images) {
        throw new UnsupportedOperationException("an existing cluster takes its images from a registry");
    }

    @Override
    public Optional<ImageTool> imageTool() {
        return Optional.empty();
    }

    @Override
    public String status() {
        return "existing cluster of HAMESH_KUBECONFIG: " + kubeconfig + "\n";
    }

    @Override
    public List<Path> logs() {
        return List.of();
    }

    @Override
    public List<Path> programs() {
        return List.of();
    }
}
