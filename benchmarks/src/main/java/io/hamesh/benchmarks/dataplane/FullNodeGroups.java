package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Groups of cgroup v1 that share the processors as the kubelet has pods do it, by their requests of CPU. Whoever is left in
 * one goes back to the machine's own group at the end.
 */
final class FullNodeGroups implements AutoCloseable {
    /** What the kubelet gives for one processor. */
    private static final int SHARES = 1_024;

    private final Path root;
    private final Path node;

    private FullNodeGroups(Path root) throws IOException {
        this.root = root;
        this.node = Files.createDirectories(root.resolve(CpuGroup.NAME + "-node"));
    }

    static FullNodeGroups open() {
        Path root = CpuGroup.MOUNTS.resolve("cpu");
        if (!Files.isDirectory(root)) {
            throw new IllegalStateException(root + " does not exist: a full node is measured with cgroup v1 only");
        }
        try {
            return new FullNodeGroups(root);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a group in " + root, e);
        }
    }

    /** Makes the group, or gives it another share. */
    void share(String group, int millicores) {
        try {
            Path folder = Files.createDirectories(node.resolve(group));
            Files.writeString(folder.resolve("cpu.shares"), Integer.toString(millicores * SHARES / 1_000));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give the group " + group + " a share of the processors", e);
        }
    }

    void take(String group, Collection<Long> processes) {
        processes.forEach(process -> CpuGroup.move(process, node.resolve(group)));
    }

    /** A command that takes all of a processor that it gets in that group. */
    Command busyIn(String group) {
        return Command.of(
                "sh", "-c", "echo $$ >\"$1\" && while :; do :; done", "busy", node.resolve(group) + "/cgroup.procs");
    }

    @Override
    public void close() {
        try {
            List<Path> groups = new ArrayList<>();
            try (var below = Files.list(node)) {
                below.filter(Files::isDirectory).forEach(groups::add);
            }
            for (Path group : groups) {
                CpuGroup.moveAll(group, root);
                Files.delete(group);
            }
            Files.delete(node);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + node, e);
        }
    }
}
