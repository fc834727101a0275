package io.hamesh.e2e;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What one container takes, by its own cgroup (version 1 or 2).
 *
 * @param workingSet bytes of memory in use, without file pages that the kernel would give back at once
 */
record Usage(long workingSet) {
    private static final String READ = """
            cd /sys/fs/cgroup
            if [ -e memory.current ]; then
              echo "usage $(cat memory.current)"; cat memory.stat
            else
              echo "usage $(cat memory/memory.usage_in_bytes)"; cat memory/memory.stat
            fi
            """;

    private static final String CPU_NANOS = """
            if [ -e cpu.stat ]; then read -r _ used < cpu.stat; used=${used}000; else read -r used < cpuacct/cpuacct.usage; fi
            echo "$used"
            """;

    static Usage of(RunningPod pod, String container) {
        return of(pod.scene().kubectl(), pod.name(), container);
    }

    /** In a pod of the namespace in which that {@code kubectl} works. */
    static Usage of(Kubectl kubectl, String pod, String container) {
        return parse(shell(kubectl, pod, container, READ));
    }

    /**
     * Thousandths of a processor that the container takes while nothing is asked of it, for each of {@code windows}. The
     * shell reads without starting anything but the sleep: some 0.03 for a window of a minute.
     */
    static List<Double> idleMilliCpu(RunningPod pod, String container, int seconds, int windows) {
        String script = "cd /sys/fs/cgroup\n" + CPU_NANOS + ("sleep " + seconds + "\n" + CPU_NANOS).repeat(windows);
        List<Long> used = shell(pod.scene().kubectl(), pod.name(), container, script)
                .lines()
                .map(Long::valueOf)
                .toList();
        return IntStream.range(0, windows)
                .mapToObj(i -> (used.get(i + 1) - used.get(i)) / 1e6 / seconds)
                .toList();
    }

    double megabytes() {
        return workingSet / 1e6;
    }

    private static String shell(Kubectl kubectl, String pod, String container, String command) {
        return kubectl.run("exec", pod, "-c", container, "--", "sh", "-c", command)
                .expectSuccess();
    }

    private static Usage parse(String text) {
        Map<String, Long> values = new TreeMap<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.split(" ", 2);
            values.put(fields[0], Long.valueOf(fields[1]));
        }
        long inactive = values.getOrDefault("total_inactive_file", values.getOrDefault("inactive_file", 0L));
        return new Usage(values.getOrDefault("usage", 0L) - inactive);
    }
}
