package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On folders that look like the kernel's; version 2 has been tried on no real ones. */
class CpuGroupTest {
    private static final String CONTAINER = "cri-containerd-0123.scope";

    private final Path mounts;
    private final Path proc;

    /** With a process of a container, 42, and one of no group, 43. */
    CpuGroupTest(@TempDir Path folder) throws IOException {
        mounts = Files.createDirectory(folder.resolve("mounts"));
        proc = folder.resolve("proc");
        Files.createDirectories(proc.resolve("42"));
        Files.writeString(proc.resolve("42/cgroup"), "0::/kubepods.slice/" + CONTAINER + "\n");
        Files.createDirectories(proc.resolve("43"));
        Files.writeString(proc.resolve("43/cgroup"), "0::/\n");
    }

    @Test
    void versionOneIsTakenWhereItControlsTheProcessors() throws IOException {
        Files.createDirectory(mounts.resolve("cpu"));
        take(List.of(42L));
        assertThat(mounts.resolve("cpu/hamesh-benchmark/cgroup.procs")).hasContent("42");
    }

    @Test
    void versionTwoKeepsTheContainersName() throws IOException {
        versionTwoWith("cpuset cpu io memory pids");
        take(List.of(42L, 43L));
        assertThat(mounts.resolve("cgroup.subtree_control")).hasContent("+cpu");
        assertThat(mounts.resolve("hamesh-benchmark/" + CONTAINER + "/cgroup.procs"))
                .hasContent("42");
        assertThat(mounts.resolve("hamesh-benchmark/root/cgroup.procs")).hasContent("43");
    }

    @Test
    void whatIsComparedSharesTheProcessorsAsOneGroup() throws IOException {
        versionTwoWith("cpu");
        take(List.of(42L));
        assertThat(mounts.resolve("hamesh-benchmark/cgroup.subtree_control")).doesNotExist();
    }

    @Test
    void endedProcessesAreNotMoved() throws IOException {
        versionTwoWith("cpu");
        take(List.of(44L));
        assertThat(mounts.resolve("hamesh-benchmark")).isEmptyDirectory();
    }

    @Test
    void processesGoBackToTheMachinesGroup() throws IOException {
        versionTwoWith("cpu");
        CpuGroupV2 group = new CpuGroupV2(mounts, proc);
        group.take(List.of(42L));
        Path folder = mounts.resolve("hamesh-benchmark");
        Files.writeString(folder.resolve("cgroup.procs"), ""); // the kernel makes it with the folder
        assertThat(group.emptied()).containsExactly(folder.resolve(CONTAINER), folder);
        assertThat(mounts.resolve("cgroup.procs")).hasContent("42");
    }

    @Test
    void aRootWithoutTheControllerIsRefused() throws IOException {
        versionTwoWith("cpuset memory");
        assertThatThrownBy(this::open).hasMessageContaining("has no cpu, but [cpuset, memory]");
    }

    @Test
    void neitherVersionIsRefused() {
        assertThatThrownBy(this::open).hasMessageContaining("(cgroup v1) nor");
    }

    private CpuGroup open() {
        return CpuGroup.open(mounts, proc);
    }

    private void take(List<Long> processes) {
        open().take(processes);
    }

    private void versionTwoWith(String controllers) throws IOException {
        Files.writeString(mounts.resolve("cgroup.controllers"), controllers + "\n");
    }
}
