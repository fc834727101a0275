package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.ProcessStat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** The kernel's clock that counts from boot, in seconds, to 10 ms: the only one that tells when a process was made. */
final class BootClock {
    /** The unit of the kernel's answers to programs, on all machines that this runs on. */
    private static final double TICKS_A_SECOND = 100;

    private BootClock() {}

    static double now() {
        return Double.parseDouble(read(Path.of("/proc/uptime")).split(" ", 2)[0]);
    }

    /** When the first of them was made, which is before its program was loaded. */
    static double start(Collection<Long> processes) {
        return processes.stream()
                .mapToDouble(process -> start(read(Path.of("/proc/" + process + "/stat"))))
                .min()
                .orElseThrow();
    }

    /** @param stat what the kernel says of a process: {@code PID (NAME) STATE …} */
    static double start(String stat) {
        return ProcessStat.parse(stat).startTicks() / TICKS_A_SECOND;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
