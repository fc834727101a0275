package io.hamesh.benchmarks.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What processes take of the machine's memory, each shared page by its share. */
final class Memory {
    private Memory() {}

    static double megabytes(List<Long> processes) {
        return processes.stream().mapToLong(Memory::kilobytes).sum() / 1024.0;
    }

    private static long kilobytes(long process) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process + "/smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
