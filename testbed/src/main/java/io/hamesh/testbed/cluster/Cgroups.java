package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Trees;
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

    private Cgroups() {}

    static List<Path> present() {
        return Stream.concat(Stream.of(MOUNTS), Trees.list(MOUNTS).stream())
                .map(mount -> mount.resolve(NAME))
                .filter(Files::isDirectory)
                .toList();
    }

    /** Their processes are dead or dying; the kernel lets a cgroup go when the last one is reaped. */
    static void remove() {
        Wait.until("the cgroups under " + MOUNTS + " to become empty", Duration.ofSeconds(30), () -> {
            present().forEach(Cgroups::removeTree);
            return present().isEmpty();
        });
    }

    private static void removeTree(Path root) {
        try (var folders = Files.walk(root)) {
            for (var folder : folders.filter(Files::isDirectory).toList().reversed()) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            // Still busy; the caller tries again, and gives up with a message.
        }
    }
}
