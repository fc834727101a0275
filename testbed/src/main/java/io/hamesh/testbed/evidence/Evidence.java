package io.hamesh.testbed.evidence;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Trees;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/** Keeps the state of the cluster right after a test failed, before anything is cleaned away. */
public final class Evidence {
    private static final List<String> CONSUL_PATHS = List.of(
            "catalog/nodes",
            "catalog/services",
            "internal/ui/services",
            "config/service-intentions",
            "config/service-defaults");

    private static final String NODE_LOG_LINES = "5000";

    private final Command kubectl;
    private final Path folder;

    private Evidence(Command kubectl, Path folder) {
        this.kubectl = kubectl.and("--request-timeout=10s");
        this.folder = folder;
    }

    /**
     * Writes into a folder, anew. What cannot be had is replaced by what was said instead.
     *
     * @param kubectl on the cluster in question
     * @param systemNamespace where Consul is
     * @param status of the cluster, for people
     * @param nodeLogs of the node's own processes, of which the last lines are kept
     */
    public static void keep(
            Path folder,
            Command kubectl,
            String systemNamespace,
            String status,
            List<Path> nodeLogs,
            Throwable failure) {
        Trees.deleteTree(folder);
        Trees.folder(folder);
        var evidence = new Evidence(kubectl, folder);
        evidence.write("status.txt", status);
        evidence.write("failure.txt", stackTrace(failure));
        evidence.keepMachine();
        nodeLogs.forEach(evidence::keepNodeLog);
        evidence.keepCluster();
        evidence.keepPods();
        evidence.keepConsul(systemNamespace);
    }

    /** How much of the last minutes everything waited for a processor, the disk or memory: what makes any bound fail. */
    private void keepMachine() {
        keep(
                "machine.txt",
                Command.of("sh", "-c", "head -n 3 /proc/loadavg /proc/stat /proc/pressure/* /proc/meminfo; df -h"));
    }

    private void keepNodeLog(Path log) {
        keep("node." + log.getFileName(), Command.of("tail", "--lines", NODE_LOG_LINES, log.toString()));
    }

    private void keepCluster() {
        keep("pods.txt", kubectl("get", "pods", "--all-namespaces", "--output=wide"));
        keep("pods.yaml", kubectl("get", "pods", "--all-namespaces", "--output=yaml"));
        keep("events.txt", kubectl("get", "events", "--all-namespaces", "--sort-by=.lastTimestamp"));
        keep("intentions.yaml", kubectl("get", "serviceintentions", "--all-namespaces", "--output=yaml"));
    }

    private void keepPods() {
        var template = "{range .items[*]}{.metadata.namespace} {.metadata.name}"
                + "{range .spec.initContainers[*]} {.name}{end}{range .spec.containers[*]} {.name}{end}{\"\\n\"}{end}";
        var pods = kubectl("get", "pods", "--all-namespaces", "--output=jsonpath=" + template)
                .run()
                .output();
        pods.lines()
                .map(line -> List.of(line.split(" ", -1)))
                .filter(words -> words.size() > 2 && !words.getFirst().equals("kube-system"))
                .forEach(words -> keepPod(words.get(0), words.get(1), words.subList(2, words.size())));
    }

    private void keepPod(String namespace, String pod, List<String> containers) {
        for (var container : containers) {
            var file = namespace + "." + pod + "." + container;
            var logs = kubectl("logs", "--namespace", namespace, pod, "--container", container, "--timestamps");
            keep(file + ".log", logs);
            var previous = logs.and("--previous").run();
            if (previous.ok()) {
                write(file + ".previous.log", previous.output());
            }
            if (container.equals("hamesh-haproxy")) {
                keep(
                        file + ".cfg",
                        kubectl("exec", "--namespace", namespace, pod, "--container", container)
                                .and("--", "cat", "/run/hamesh/haproxy.cfg"));
            }
        }
    }

    private void keepConsul(String namespace) {
        var service = "/api/v1/namespaces/" + namespace + "/services/hamesh-consul:8500/proxy/v1/";
        for (var path : CONSUL_PATHS) {
            keep("consul." + path.replace('/', '.') + ".json", kubectl("get", "--raw", service + path));
        }
    }

    private Command kubectl(String... words) {
        return kubectl.and(words);
    }

    private void keep(String file, Command command) {
        var result = command.run();
        write(file, result.ok() ? result.output() : result.output() + "\n" + result.errors());
    }

    private void write(String file, String text) {
        Trees.write(folder.resolve(file), Redaction.of(text));
    }

    private static String stackTrace(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
