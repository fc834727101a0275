package io.hamesh.testbed.image;

import io.hamesh.testbed.host.Digest;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.image.ImageTool.Build;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A tag that changes with an image's content: the Containerfile, its arguments, and the files that it copies. */
final class ContextHash {
    private ContextHash() {}

    static String of(Build build) {
        var containerfile = Trees.read(build.containerfile());
        var digest = new Digest().add(containerfile);
        new TreeMap<>(build.arguments())
                .forEach((name, value) -> digest.add(name).add(value));
        for (var source : copied(containerfile)) {
            files(build.context(), source)
                    .forEach(file -> digest.add(build.context().relativize(file).toString())
                            .add(Trees.readBytes(file)));
        }
        return digest.key();
    }

    /** Sources of COPY and ADD that are in the build context. */
    static List<String> copied(String containerfile) {
        return containerfile
                .replaceAll("\\\\\\n", " ")
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("(?i)(COPY|ADD)\\s.*") && !line.contains("--from="))
                .flatMap(line -> {
                    var words = Arrays.stream(line.split("\\s+", -1))
                            .skip(1)
                            .filter(word -> !word.startsWith("--"))
                            .toList();
                    return words.subList(0, words.size() - 1).stream();
                })
                .toList();
    }

    private static Stream<Path> files(Path context, String source) {
        var pattern = FileSystems.getDefault().getPathMatcher("glob:" + source.replaceAll("^/+|/+$", ""));
        var found = Trees.walk(context.resolve(literalPart(source))).stream()
                .filter(Files::isRegularFile)
                .filter(file -> Stream.iterate(context.relativize(file), Objects::nonNull, Path::getParent)
                        .anyMatch(pattern::matches))
                .toList();
        if (found.isEmpty()) {
            throw new TestbedException("an image needs " + context.resolve(source) + ", which is not there."
                    + (source.contains("target/") ? " Build the project first: mvn package -DskipTests" : ""));
        }
        return found.stream();
    }

    /** The folders and names before the first one with a wildcard. */
    private static String literalPart(String source) {
        return Arrays.stream(source.replaceAll("^/+", "").split("/", -1))
                .takeWhile(name -> !name.matches(".*[*?\\[{].*"))
                .collect(Collectors.joining("/"));
    }
}
