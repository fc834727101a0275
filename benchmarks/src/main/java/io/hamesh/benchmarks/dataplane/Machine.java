package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What figures depend on beside the candidates: this machine, and the commit that was built. */
record Machine(Path proc) {
    static Machine here() {
        return new Machine(Path.of("/proc"));
    }

    /** Lines for people. */
    List<String> told() {
        return List.of(
                commit(),
                "%d × %s, %.0f GB, Linux %s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                field("cpuinfo", "model name").orElse("unknown processor"),
                                gigabytes(),
                                said("uname", "-r")),
                "cgroup " + (Files.isDirectory(CpuGroup.MOUNTS.resolve("cpu")) ? "v1" : "v2 (little tried)"));
    }

    private static String commit() {
        String commit = said("git", "rev-parse", "--short=12", "HEAD");
        if (commit.isEmpty()) {
            return "commit unknown";
        }
        return "commit " + commit + (said("git", "status", "--porcelain").isEmpty() ? "" : ", and changes to it");
    }

    private double gigabytes() {
        String kilobytes = field("meminfo", "MemTotal").orElse("0 kB").replaceAll("[^0-9]", "");
        return Long.parseLong(kilobytes) / 1024.0 / 1024.0;
    }

    /** The first line of that name. */
    private Optional<String> field(String file, String name) {
        try {
            return Files.readAllLines(proc.resolve(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String said(String... command) {
        Command.Result result = Command.of(command).run();
        return result.ok() ? result.output().strip() : "";
    }
}
