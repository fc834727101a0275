package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A running pod of this machine's node, whose network other processes can share.
 *
 * @param containers the id of each, by its name
 */
record Pod(String name, String ip, Map<String, String> containers) {
    /** A command that runs with the pod's network and this machine's files; its process id is the command's own. */
    Command enter(List<String> command) {
        return enter(anyProcess(), command);
    }

    /** The same with the network of any process. */
    static Command enter(long process, List<String> command) {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/proc/" + process + "/ns/net"));
        words.addAll(command);
        return Command.of(words);
    }

    /** Those that run now: HAProxy has others after a reload. */
    List<Long> processes(String container) {
        String id = containers.get(container);
        List<Long> found = id == null ? List.of() : processesOf(id);
        if (found.isEmpty()) {
            throw new IllegalStateException("pod " + name + " has no process of a container " + container);
        }
        return found;
    }

    private long anyProcess() {
        return containers.keySet().stream()
                .flatMap(container -> processes(container).stream())
                .findFirst()
                .orElseThrow();
    }

    /** The processes that are in a cgroup of that name, a container's id or a pod's uid, or below it. */
    static List<Long> processesOf(String cgroup) {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .filter(entry -> isIn(entry, cgroup))
                    .map(entry -> Long.parseLong(entry.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isIn(Path process, String cgroup) {
        try {
            return Files.readString(process.resolve("cgroup")).contains(cgroup);
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
