package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The HAProxy of the images, unpacked: {@code HAMESH_HAPROXY_ROOT}, or what the test platform keeps in its cache. A
 * distribution's own HAProxy is another version, and this one needs its own libraries, hence a root of its own.
 */
final class HaproxyRoot {
    private static final String SHIM = "spiffe_verifyhost.so";

    private HaproxyRoot() {}

    static boolean exists() {
        return path().isPresent();
    }

    static Optional<Path> path() {
        return Stream.of(
                        Optional.ofNullable(System.getenv("HAMESH_HAPROXY_ROOT"))
                                .map(Path::of),
                        Optional.of(Path.of(System.getProperty("user.home"), ".cache", "hamesh", "haproxy-root")))
                .flatMap(Optional::stream)
                .filter(root -> Files.isExecutable(root.resolve("usr/sbin/haproxy")))
                .findFirst();
    }

    /** Starts HAProxy where {@code directory} is {@code at}; the shim and the Lua file lie in it under {@code image}. */
    static Process start(Path directory, Path at, Path log, String... arguments)
            throws IOException, InterruptedException {
        Path root = path().orElseThrow(() -> new IllegalStateException("no HAProxy root"));
        Path image = Files.createDirectories(directory.resolve("image"));
        Path sources = Path.of("src/main/haproxy");
        if (!Files.exists(image.resolve(SHIM))) {
            Files.copy(sources.resolve("spiffe.lua"), image.resolve("spiffe.lua"));
            run(
                    "gcc",
                    "-O2",
                    "-fPIC",
                    "-shared",
                    "-o",
                    image.resolve(SHIM).toString(),
                    sources.resolve("spiffe_verifyhost.c").toString(),
                    "-lcrypto",
                    "-ldl");
        }
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mkdir -p \"$1$3\" && mount --bind \"$2\" \"$1$3\" && root=$1 && shim=$3/image/" + SHIM
                        + " && shift 3 && exec chroot \"$root\" /usr/bin/env LD_PRELOAD=\"$shim\" /usr/sbin/haproxy \"$@\"",
                "sh",
                root.toString(),
                directory.toString(),
                at.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        return builder.start();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }
}
