package io.hamesh.e2e;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one container takes, by its own cgroup (version 1 or 2).
 *
 * @param workingSet bytes of memory in use, without file pages that the kernel would give back at once
 * @param cpuNanos processor time since the container started
 */
record Usage(long workingSet, long cpuNanos) {
    private static final String READ = """
            cd /sys/fs/cgroup
            if [ -e memory.current ]; then
              echo "usage $(cat memory.current)"; cat memory.stat cpu.stat
            else
              echo "usage $(cat memory/memory.usage_in_bytes)"; cat memory/memory.stat
              echo "cpuacct $(cat cpuacct/cpuacct.usage)"
            fi
            """;

    static Usage of(RunningPod pod, String container) {
        return of(pod.scene().kubectl(), pod.name(), container);
    }

    /** In a pod of the namespace in which that {@code kubectl} works. */
    static Usage of(Kubectl kubectl, String pod, String container) {
        return parse(shell(kubectl, pod, container, READ));
    }

    /**
     * Thousandths of a processor that the container takes while nothing is asked of it. Read in one go, so that the
     * reading itself counts for next to nothing.
     */
    static double idleMilliCpu(RunningPod pod, String container, int seconds) {
        String twice = READ + "echo split; sleep " + seconds + "; " + READ;
        String[] both =
                shell(pod.scene().kubectl(), pod.name(), container, twice).split("split\n", 2);
        long used = parse(both[1]).cpuNanos() - parse(both[0]).cpuNanos();
        return used / 1e6 / seconds;
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
        long cpu = values.getOrDefault("cpuacct", values.getOrDefault("usage_usec", 0L) * 1000);
        return new Usage(values.getOrDefault("usage", 0L) - inactive, cpu);
    }
}
