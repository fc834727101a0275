package io.hamesh.agent.sockets;

import io.hamesh.testbed.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** {@code src/main/native}, made as the image makes it. */
final class NativeLibrary {
    private static final Optional<Path> COMPILER = Tools.compiler();

    private NativeLibrary() {}

    static boolean canBeMade() {
        return COMPILER.isPresent();
    }

    @SuppressWarnings("restricted") // that is what is tested
    static void load() throws IOException, InterruptedException {
        Path headers = Path.of(System.getProperty("java.home"), "include");
        Path library = Files.createTempDirectory(Path.of("target"), "native")
                .resolve(System.mapLibraryName(NetlinkSocket.LIBRARY));
        Process compiler = new ProcessBuilder(
                        COMPILER.orElseThrow().toString(),
                        "-std=gnu17",
                        "-O2",
                        "-fPIC",
                        "-shared",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-I" + headers,
                        "-I" + headers.resolve("linux"),
                        "-o",
                        library.toString(),
                        "src/main/native/netlink.c")
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException(said);
        }
        System.load(library.toAbsolutePath().toString());
    }
}
