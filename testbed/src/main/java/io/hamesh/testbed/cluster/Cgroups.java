package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.host.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The cgroups under which the kubelet puts pods: one in each v1 controller, or one in v2. */
final class Cgroups {
    private static final Path MOUNTS = Path.of("/sys/fs/cgroup");
    private static final String NAME = "hamesh";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Cgroups() {}

    static List<Path> present() {
        return Stream.concat(Stream.of(MOUNTS), Trees.list(MOUNTS).stream())
                .map(mount -> mount.resolve(NAME))
                .filter(Files::isDirectory)
                .toList();
    }

    /**
     * Call when the node's processes are dead or dying: the kernel lets a cgroup go when the last one is reaped. Nothing
     * is touched where processes stay, because then these cgroups are another testbed's.
     */
    static void remove() {
        Wait.until(
                "the processes of " + present()
                        + " to end. They belong to another testbed, started with another HAMESH_CACHE:"
                        + " take that one down with the same setting",
                PATIENCE,
                () -> present().stream().noneMatch(Cgroups::hasProcesses));
        present().forEach(Cgroups::removeTree);
    }

    private static boolean hasProcesses(Path root) {
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.endsWith("cgroup.procs"))
                    .anyMatch(file -> !Trees.read(file).isBlank());
        } catch (IOException | UncheckedIOException e) {
            // It changes while we look; the next look tells.
            return true;
        }
    }

    private static void removeTree(Path root) {
        try (var folders = Files.walk(root)) {
            for (var folder : folders.filter(Files::isDirectory).toList().reversed()) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new TestbedException("cannot remove the cgroup " + root + ": " + e.getMessage(), e);
        }
    }
}
