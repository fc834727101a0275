package io.hamesh.testbed.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A process to run to its end: words, additions to the environment, and a folder. Standard input is empty. */
public record Command(List<String> words, Map<String, String> environment, Optional<Path> folder) {
    private static final int LINES_IN_ERRORS = 25;
    private static final Executor VIRTUAL = Thread::startVirtualThread;

    public Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    public static Command of(String... words) {
        return of(List.of(words));
    }

    public static Command of(List<String> words) {
        return new Command(words, Map.of(), Optional.empty());
    }

    public Command and(String... more) {
        return and(List.of(more));
    }

    public Command and(Collection<String> more) {
        var all = new ArrayList<>(words);
        all.addAll(more);
        return new Command(all, environment, folder);
    }

    public Command with(String name, String value) {
        var more = new HashMap<>(environment);
        more.put(name, value);
        return new Command(words, more, folder);
    }

    public Command in(Path newFolder) {
        return new Command(words, environment, Optional.of(newFolder));
    }

    /** What a finished process said. */
    public record Result(int status, String output, String errors) {
        public boolean ok() {
            return status == 0;
        }
    }

    /** Runs to the end, whatever the status; a program that does not exist counts as status 127, as in a shell. */
    public Result run() {
        Process process;
        try {
            process = builder().start();
        } catch (IOException e) {
            return new Result(127, "", String.valueOf(e.getMessage()));
        }
        closeInput(process);
        var errors = CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()), VIRTUAL);
        var output = readAll(process.getInputStream());
        return new Result(waitFor(process), output, errors.join());
    }

    /** Standard output of a run that has to succeed. */
    public String output() {
        var result = run();
        if (!result.ok()) {
            throw failure(result.status(), result.errors().isBlank() ? result.output() : result.errors());
        }
        return result.output();
    }

    /** Hands on each line of output and errors as it comes; the run has to succeed. */
    public void eachLine(Consumer<String> line) {
        try {
            var process = builder().redirectErrorStream(true).start();
            closeInput(process);
            var last = new ArrayDeque<String>();
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                reader.lines().forEach(text -> {
                    line.accept(text);
                    last.addLast(text);
                    if (last.size() > LINES_IN_ERRORS) {
                        last.removeFirst();
                    }
                });
            }
            var status = waitFor(process);
            if (status != 0) {
                throw failure(status, String.join("\n", last));
            }
        } catch (IOException e) {
            throw new TestbedException("cannot run " + words.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /** Runs on this terminal and returns the exit status. */
    public int onTerminal() {
        try {
            return waitFor(builder().inheritIO().start());
        } catch (IOException e) {
            throw new TestbedException("cannot run " + words.getFirst() + ": " + e.getMessage(), e);
        }
    }

    public ProcessBuilder builder() {
        var builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        folder.ifPresent(path -> builder.directory(path.toFile()));
        return builder;
    }

    private TestbedException failure(int status, String said) {
        var lines = said.lines().toList();
        var tail = lines.subList(Math.max(0, lines.size() - LINES_IN_ERRORS), lines.size());
        return new TestbedException(
                "exit status %d of: %s%n%s".formatted(status, String.join(" ", words), String.join("\n", tail)));
    }

    private static void closeInput(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The process ended already; its status tells.
        }
    }

    private static String readAll(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new TestbedException("interrupted", e);
        }
    }
}
