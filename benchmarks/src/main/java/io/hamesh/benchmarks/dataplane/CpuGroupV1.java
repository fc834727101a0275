package io.hamesh.benchmarks.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** A group of cgroup v1's {@code cpu} controller. The processes stay in their containers' groups of all others. */
final class CpuGroupV1 implements CpuGroup {
    private final Path root;
    private final Path folder;

    /** @param root where the controller is mounted */
    CpuGroupV1(Path root) {
        this.root = root;
        this.folder = root.resolve(NAME);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
    }

    @Override
    public void take(Collection<Long> processes) {
        processes.forEach(process -> CpuGroup.move(process, folder));
    }

    @Override
    public void close() {
        try {
            CpuGroup.moveAll(folder, root);
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
