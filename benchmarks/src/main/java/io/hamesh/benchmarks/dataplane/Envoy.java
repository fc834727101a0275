package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Supplier;

/**
 * Envoys with one worker each.
 *
 * @param memory a folder on no disk: a configuration may have keys
 */
record Envoy(Path program, StartedProcesses processes, Path memory) {
    /**
     * With a program of their own: where two candidates' processes share its pages, each seems to need half of them.
     *
     * @param name the file's
     */
    static Envoy of(Programs programs, String name, StartedProcesses processes, Path memory) {
        Path own = programs.envoy().resolveSibling(name);
        try {
            if (!Files.exists(own)) {
                Files.copy(programs.envoy(), own, StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Envoy(own, processes, memory);
    }

    /** Returns its process id. */
    long start(Pod pod, String name, String configuration) {
        return processes.start(name, command(pod, name, configuration));
    }

    /** @param configuration asked at each start */
    ProxyProcess startRestartable(Pod pod, String name, Supplier<String> configuration) {
        return ProxyProcess.start(processes, name, () -> command(pod, name, configuration.get()));
    }

    private Command command(Pod pod, String name, String configuration) {
        Path file = memory.resolve(name + (configuration.startsWith("{") ? ".json" : ".yaml"));
        try {
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pod.enter(List.of(
                program.toString(),
                "--config-path",
                file.toString(),
                "--concurrency",
                "1",
                "--disable-hot-restart",
                "--log-level",
                "warning"));
    }
}
