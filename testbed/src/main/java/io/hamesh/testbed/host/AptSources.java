package io.hamesh.testbed.host;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The Debian mirror that this machine uses, from its own apt sources: it is the one that is reachable here. */
public final class AptSources {
    private AptSources() {}

    /** HAMESH_DEBIAN_MIRROR, else the first Debian archive in /etc/apt. */
    public static String debianMirror(Map<String, String> environment) {
        var told = environment.get("HAMESH_DEBIAN_MIRROR");
        if (told != null && !told.isBlank()) {
            return told;
        }
        var files = Stream.concat(
                Stream.of(Path.of("/etc/apt/sources.list")), Trees.list(Path.of("/etc/apt/sources.list.d")).stream());
        return files.filter(java.nio.file.Files::isRegularFile)
                .flatMap(file -> uris(file.getFileName().toString(), Trees.read(file)).stream())
                .filter(AptSources::isDebianArchive)
                .findFirst()
                .orElseThrow(() -> new TestbedException("the apt sources of this machine name no Debian mirror;"
                        + " set HAMESH_DEBIAN_MIRROR to the URL of one"));
    }

    /** All archive URIs of a file, one-line style (.list) or deb822 (.sources), in order. */
    static List<String> uris(String fileName, String text) {
        return fileName.endsWith(".sources")
                ? text.lines()
                        .map(AptSources::urisOfField)
                        .flatMap(List::stream)
                        .toList()
                : text.lines()
                        .map(AptSources::uriOfLine)
                        .flatMap(Optional::stream)
                        .toList();
    }

    /** Path ends in /debian: not the security archive, not a vendor's. */
    static boolean isDebianArchive(String uri) {
        var path = Optional.ofNullable(URI.create(uri).getPath()).orElse("");
        return path.replaceAll("/+$", "").endsWith("/debian");
    }

    private static List<String> urisOfField(String line) {
        return line.regionMatches(true, 0, "URIs:", 0, 5) ? words(line.substring(5)) : List.of();
    }

    private static Optional<String> uriOfLine(String line) {
        var words = words(line.replaceFirst("\\[[^]]*]", ""));
        return words.size() > 2 && words.getFirst().equals("deb") ? Optional.of(words.get(1)) : Optional.empty();
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
