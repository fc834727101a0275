package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.ContainerNames;
import io.hamesh.model.MeshPorts;
import java.util.List;
import java.util.regex.Pattern;

/** A pod's HAProxy from inside its container and on its operations port. */
record Proxy(RunningPod pod) {
    private static final String PROCESSES =
            "for p in /proc/[0-9]*; do read -r stat < $p/stat; case $stat in *'(haproxy)'*) echo $stat;; esac; done";

    /** Runs a shell command in HAProxy's container and returns what it printed. */
    String shell(String command) {
        return shellWith("", command);
    }

    /** The same with {@code input} as the command's standard input. */
    String shellWith(String input, String command) {
        return pod.scene()
                .kubectl()
                .runWith(input, "exec", "-i", pod.name(), "-c", ContainerNames.HAPROXY, "--", "sh", "-c", command)
                .expectSuccess();
    }

    String file(String name) {
        return shell("cat " + ContainerNames.VOLUME_PATH + "/" + name);
    }

    /** The HAProxy processes, each as its id and start time: the same list means no reload in between. */
    List<String> processes() {
        return shell(PROCESSES)
                .lines()
                .map(stat -> stat.split(" "))
                .map(fields -> fields[0] + "@" + fields[21])
                .sorted()
                .toList();
    }

    /** Reloads HAProxy with every retry and redispatch taken out of its configuration, until its agent reloads it again. */
    void retryNothing() {
        String with = file("haproxy.cfg");
        String without = with.replaceAll("(?m)^ +(retry-on|retries|option redispatch) .*$", "")
                .replace("defaults base\n", "defaults base\n  retries 0\n");
        assertThat(without).isNotEqualTo(with);
        List<String> before = processes();
        shellWith(without, "cat > " + ContainerNames.VOLUME_PATH + "/haproxy.cfg && kill -USR2 1");
        Eventually.that(
                "HAProxy to be reloaded",
                () -> assertThat(processes()).hasSize(2).isNotEqualTo(before));
    }

    /** Whether the root is among those that this HAProxy's file trusts. */
    boolean trusts(PemPair root) {
        return withoutBreaks(file("roots.pem")).contains(withoutBreaks(root.certificates()));
    }

    private static String withoutBreaks(String pem) {
        return pem.replaceAll("\\s", "");
    }

    String metrics() {
        return Http.get(pod.url(MeshPorts.OPS) + "/metrics");
    }

    /** The sum of a metric over all of its label sets. */
    double metric(String name) {
        return Pattern.compile("^" + name + "(?:\\{[^}]*})? ([0-9.e+]+)$", Pattern.MULTILINE)
                .matcher(metrics())
                .results()
                .mapToDouble(m -> Double.parseDouble(m.group(1)))
                .sum();
    }
}
