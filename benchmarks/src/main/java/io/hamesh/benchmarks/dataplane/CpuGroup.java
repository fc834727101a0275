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
interface CpuGroup extends AutoCloseable {
    String NAME = "hamesh-benchmark";
    Path MOUNTS = Path.of("/sys/fs/cgroup");

    /** These, and what they start later. */
    void take(Collection<Long> processes);

    /** Whoever is left in it goes back to the machine's own group. */
    @Override
    void close();

    /** In version 1 or 2 of cgroups, whichever controls the processors here. */
    static CpuGroup open() {
        return open(MOUNTS, Path.of("/proc"));
    }

    static CpuGroup open(Path mounts, Path proc) {
        if (Files.isDirectory(mounts.resolve("cpu"))) {
            return new CpuGroupV1(mounts.resolve("cpu"));
        }
        if (Files.exists(mounts.resolve("cgroup.controllers"))) {
            return new CpuGroupV2(mounts, proc);
        }
        throw new IllegalStateException("neither " + mounts.resolve("cpu") + " (cgroup v1) nor "
                + mounts.resolve("cgroup.controllers") + " (v2) exists: the benchmark needs one of them");
    }

    static void move(long process, Path group) {
        try {
            Files.writeString(group.resolve("cgroup.procs"), Long.toString(process));
        } catch (IOException e) {
            if (ProcessHandle.of(process).isPresent()) {
                throw new UncheckedIOException("cannot move process " + process + " to " + group, e);
            }
        }
    }

    static void moveAll(Path from, Path to) throws IOException {
        Files.readAllLines(from.resolve("cgroup.procs")).forEach(process -> move(Long.parseLong(process), to));
    }
}
