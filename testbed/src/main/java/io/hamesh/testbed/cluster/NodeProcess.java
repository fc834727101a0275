package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.ProcessStat;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.host.Wait;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The first process in the node's namespaces. While it lives the cluster lives; its end is the end of everything. */
record NodeProcess(ProcessHandle handle) {
    private static final Duration DYING = Duration.ofSeconds(30);

    /** The one that a file remembers, if it is still the same process and not a later one with its number. */
    static Optional<NodeProcess> find(StateFolder state) {
        if (!Files.exists(state.processFile())) {
            return Optional.empty();
        }
        var words = Trees.read(state.processFile()).strip().split(" ", -1);
        if (words.length != 2) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(words[0]))
                .filter(NodeProcess::isAlive)
                .filter(handle -> startedAt(handle).equals(words[1]))
                .map(NodeProcess::new);
    }

    /** Starts it in a session of its own, so that neither this process's end nor the terminal's is its end. */
    static NodeProcess start(StateFolder state, List<String> script) {
        var command = Command.of(
                        "setsid",
                        "unshare",
                        "--net",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "bash")
                .and(script);
        try {
            var log = state.log().resolve("node.log").toFile();
            var outer = command.in(Path.of("/"))
                    .builder()
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(log)
                    .redirectErrorStream(true)
                    .start()
                    .toHandle();
            Wait.until("the node's namespaces", DYING, () -> inner(outer).isPresent() || !isAlive(outer));
            var inner = inner(outer)
                    .orElseThrow(() -> new TestbedException(
                            "the node's namespaces cannot be made; " + log + ":\n" + Trees.read(log.toPath())));
            var half = state.root().resolve("node.process.tmp");
            Trees.write(half, inner.pid() + " " + startedAt(inner) + "\n");
            Trees.moveInPlace(half, state.processFile());
            return new NodeProcess(inner);
        } catch (IOException e) {
            throw new TestbedException("cannot start the node: " + e.getMessage(), e);
        }
    }

    long pid() {
        return handle.pid();
    }

    boolean alive() {
        return isAlive(handle);
    }

    Instant since() {
        return handle.info().startInstant().orElse(Instant.now());
    }

    /** Kills it and waits until its namespaces' last process is gone. */
    void end() {
        var outer = handle.parent();
        handle.destroyForcibly();
        Wait.until("the node's processes to end", DYING, () -> !alive());
        outer.filter(parent -> parent.info().command().orElse("").endsWith("/unshare"))
                .ifPresent(parent -> Wait.until("the node's parent to end", DYING, () -> !isAlive(parent)));
    }

    /** A command inside the node's mount, network and PID namespaces. */
    Command enter(String... words) {
        return Command.of("nsenter", "--target", Long.toString(pid()), "--mount", "--net", "--pid")
                .and(words);
    }

    private static boolean isAlive(ProcessHandle process) {
        return ProcessStat.of(process).filter(ProcessStat::isAlive).isPresent();
    }

    private static Optional<ProcessHandle> inner(ProcessHandle outer) {
        return outer.children().filter(child -> isElsewhere(namespace(child))).findFirst();
    }

    private static boolean isElsewhere(String namespace) {
        return !namespace.isEmpty() && !namespace.equals(namespace(ProcessHandle.current()));
    }

    private static String namespace(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/net"))
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String startedAt(ProcessHandle handle) {
        return ProcessStat.of(handle)
                .map(stat -> Long.toString(stat.startTicks()))
                .orElse("unknown");
    }
}
