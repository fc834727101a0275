package io.hamesh.benchmarks.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A group of cgroup v2, where a process is in one group for all controllers. Below it each container has one of its own name,
 * by which {@link Pod} finds its processes. These have no controllers, so they share the processors as if they were one.
 */
final class CpuGroupV2 implements CpuGroup {
    private final Path root;
    private final Path proc;
    private final Path folder;

    /** @param root where cgroups are mounted */
    CpuGroupV2(Path root, Path proc) {
        this.root = root;
        this.proc = proc;
        this.folder = root.resolve(NAME);
        try {
            requireCpu();
            Files.writeString(root.resolve("cgroup.subtree_control"), "+cpu");
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give the group " + folder + " a share of the processors", e);
        }
    }

    private void requireCpu() throws IOException {
        Path controllers = root.resolve("cgroup.controllers");
        List<String> there = List.of(Files.readString(controllers).strip().split(" "));
        if (!there.contains("cpu")) {
            throw new IllegalStateException(controllers + " has no cpu, but " + there
                    + ": the benchmark needs that controller, and the machine's own root of cgroups");
        }
    }

    @Override
    public void take(Collection<Long> processes) {
        processes.forEach(process -> groupOf(process).ifPresent(group -> CpuGroup.move(process, group)));
    }

    /** None where the process has ended. */
    private Optional<Path> groupOf(long process) {
        try {
            String path = Files.readString(proc.resolve(process + "/cgroup")).strip();
            String name = path.substring(path.lastIndexOf('/') + 1);
            return Optional.of(Files.createDirectories(folder.resolve(name.isEmpty() ? "root" : name)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            for (Path group : emptied()) {
                Files.delete(group);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }

    /** Moves all processes back; the groups that had them, the outermost one last. */
    List<Path> emptied() throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            List<Path> groups = below.filter(Files::isDirectory).toList().reversed();
            for (Path group : groups) {
                CpuGroup.moveAll(group, root);
            }
            return groups;
        }
    }
}
