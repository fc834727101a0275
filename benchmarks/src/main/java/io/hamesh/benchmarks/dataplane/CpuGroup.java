package io.hamesh.benchmarks.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * One group of the kernel's scheduler for all processes that are compared. Left in their pods' own groups, the injected ones
 * would have a pod's share of the processors, and the others a share of the whole machine's.
 */
final class CpuGroup implements AutoCloseable {
    private static final String NAME = "hamesh-benchmark";
    private static final Path ROOT = Path.of("/sys/fs/cgroup/cpu");

    private final Path folder = ROOT.resolve(NAME);

    CpuGroup() {
        if (!Files.isDirectory(ROOT)) {
            throw new IllegalStateException("no " + ROOT + ": the benchmark knows cgroup v1 only");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
    }

    /** These, and what they start later. */
    void take(Collection<Long> processes) {
        processes.forEach(process -> move(process, folder));
    }

    private static void move(long process, Path to) {
        try {
            Files.writeString(to.resolve("cgroup.procs"), Long.toString(process));
        } catch (IOException e) {
            if (ProcessHandle.of(process).isPresent()) {
                throw new UncheckedIOException("cannot move process " + process + " to " + to, e);
            }
        }
    }

    /** Whoever is left in it goes back to the machine's own group. */
    @Override
    public void close() {
        try {
            Files.readAllLines(folder.resolve("cgroup.procs")).forEach(process -> move(Long.parseLong(process), ROOT));
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
