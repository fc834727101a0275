package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The processes that the benchmark starts beside the pods' own; all are stopped with it. */
final class StartedProcesses implements AutoCloseable {
    private static final int LINES = 10;

    /** The folder with what they and the sidecars say. */
    static final Path LOGS = Path.of("benchmarks/target/logs");

    private final Map<String, Process> started = new LinkedHashMap<>();

    /** Fails if one of them has ended, with what it said last. */
    void requireAll() {
        started.forEach((name, process) -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " has ended: " + lastLines(name));
            }
        });
    }

    /** Ends one of them. Fails if it has ended before. */
    void stop(String name) {
        requireAll();
        Process process = Objects.requireNonNull(started.remove(name), name);
        process.destroy();
        if (!waited(process)) {
            process.destroyForcibly().onExit().join();
        }
    }

    private String lastLines(String name) {
        try {
            List<String> lines = Files.readAllLines(LOGS.resolve(name + ".log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns its process id. */
    long start(String name, Command command) {
        try {
            Files.createDirectories(LOGS);
            Process process = command.builder()
                    .redirectErrorStream(true)
                    .redirectOutput(LOGS.resolve(name + ".log").toFile())
                    .start();
            process.getOutputStream().close();
            started.put(name, process);
            return process.pid();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    @Override
    public void close() {
        for (Process process : started.values()) {
            process.destroy();
        }
        for (Process process : started.values()) {
            if (!waited(process)) {
                process.destroyForcibly().onExit().join();
            }
        }
    }

    private static boolean waited(Process process) {
        try {
            return process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
