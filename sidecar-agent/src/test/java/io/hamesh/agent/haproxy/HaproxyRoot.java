package io.hamesh.agent.haproxy;

import io.hamesh.testbed.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The HAProxy of the images, unpacked. A distribution's own is another version, and this one needs its own libraries. */
public final class HaproxyRoot {
    private static final String SHIM = "spiffe_verifyhost.so";
    private static final Optional<Path> ROOT = Tools.haproxyRoot();

    private HaproxyRoot() {}

    public static boolean exists() {
        return ROOT.isPresent();
    }

    static Path path() {
        return ROOT.orElseThrow();
    }

    /** Starts HAProxy where {@code directory} is {@code at}; the shim and the Lua file lie in it under {@code image}. */
    public static Process start(Path directory, Path at, Path log, String... arguments)
            throws IOException, InterruptedException {
        Path root = path();
        Path image = Files.createDirectories(directory.resolve("image"));
        if (!Files.exists(image.resolve(SHIM))) {
            Files.copy(root.resolve("etc/hamesh/spiffe.lua"), image.resolve("spiffe.lua"));
            Files.copy(root.resolve("etc/hamesh/tcp_probe.lua"), image.resolve("tcp_probe.lua"));
            Files.copy(root.resolve("usr/lib/hamesh").resolve(SHIM), image.resolve(SHIM));
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
}
