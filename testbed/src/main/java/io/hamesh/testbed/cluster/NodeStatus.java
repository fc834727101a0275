package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;

/** What a person wants to know of the native cluster: does it run, which component ended, where things are. */
final class NodeStatus {
    private final StateFolder state;
    private final Cache cache;

    NodeStatus(StateFolder state, Cache cache) {
        this.state = state;
        this.cache = cache;
    }

    String text() {
        return NodeProcess.find(state).map(this::running).orElse("not running\n") + disk();
    }

    private String running(NodeProcess node) {
        return """
                running for %s (process %d)
                API        %s
                kubeconfig %s
                node       %s; pods %s, Services %s, DNS %s (all reachable from this machine)
                logs       %s
                components
                %s
                """.formatted(
                        since(node.since()),
                        node.pid(),
                        Addresses.apiFromHost(),
                        state.kubeconfig(),
                        Addresses.NODE,
                        Addresses.PODS,
                        Addresses.SERVICES,
                        Addresses.DNS_SERVICE,
                        state.log(),
                        components());
    }

    private String components() {
        return Trees.walk(state.components()).stream()
                .filter(Files::isRegularFile)
                .map(script -> component(script.getFileName().toString()))
                .collect(Collectors.joining("\n"));
    }

    private String component(String name) {
        var file = state.run().resolve(name);
        return "  %-24s %s".formatted(name, Files.exists(file) ? lifeOf(file) : "not started");
    }

    private String lifeOf(Path file) {
        var words = Trees.read(file).strip().split(" ", -1);
        var when = since(Instant.ofEpochSecond(Long.parseLong(words[1])));
        var ends = file.resolveSibling(file.getFileName() + ".ends");
        var restarts =
                Files.exists(ends) ? ", restarts: " + Trees.read(ends).lines().count() : "";
        return words[0].equals("running")
                ? "running for " + when + restarts
                : "ENDED " + when + " ago with status " + words[2] + restarts;
    }

    private String disk() {
        var sizes = Command.of("du", "--summarize", "--human-readable")
                .and(Trees.list(cache.root()).stream()
                        .filter(Files::isDirectory)
                        .map(Path::toString)
                        .toList())
                .run();
        return "disk\n" + sizes.output().indent(2);
    }

    private static String since(Instant then) {
        var age = Duration.between(then, Instant.now());
        return age.toHours() > 0
                ? "%d h %d min".formatted(age.toHours(), age.toMinutesPart())
                : "%d min %d s".formatted(age.toMinutes(), age.toSecondsPart());
    }
}
