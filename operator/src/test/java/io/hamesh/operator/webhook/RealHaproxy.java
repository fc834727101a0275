package io.hamesh.operator.webhook;

import io.hamesh.testbed.FreePorts;
import io.hamesh.testbed.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The HAProxy of the images with the configuration that it has in front of the webhook, on ports of this test's own. */
final class RealHaproxy implements AutoCloseable {
    private static final Path CONFIG = Path.of("src/main/haproxy/webhook.cfg");
    private static final Optional<Path> ROOT = Tools.haproxyRoot();

    final int port = FreePorts.next();
    final int opsPort = FreePorts.next();
    final int replicaPort = FreePorts.next();
    private final Path folder;
    private final Path log;
    private final int local;
    private final int readiness;
    private UnaryOperator<String> change = UnaryOperator.identity();
    private @Nullable Process process;

    /**
     * @param folder what HAProxy knows as {@code /run/hamesh}
     * @param local where this pod's own operator answers reviews
     * @param readiness where each operator says whether it is ready
     */
    RealHaproxy(Path folder, int local, int readiness) {
        this.folder = folder;
        this.log = folder.resolve("log");
        this.local = local;
        this.readiness = readiness;
    }

    static boolean exists() {
        return ROOT.isPresent();
    }

    /** From now on it starts with this change to its configuration. */
    RealHaproxy with(UnaryOperator<String> other) {
        change = other;
        return this;
    }

    void start() throws IOException {
        process = run("-db");
    }

    /** What {@code haproxy -c} says to the configuration as it is, and its exit status. */
    String check() throws Exception {
        Process checked = run("-c");
        return checked.waitFor() + Files.readString(log);
    }

    private Process run(String mode) throws IOException {
        String config = Files.readString(CONFIG)
                .replace(":9443 ", ":" + port + " ")
                .replace(":8404\n", ":" + opsPort + "\n")
                .replace("]:9444 ", "]:" + replicaPort + " ")
                .replace("bind :9444 ", "bind :" + replicaPort + " ")
                .replace("127.0.0.1:9445", "127.0.0.1:" + local)
                .replace("check port 8080", "check port " + readiness);
        Files.writeString(folder.resolve("webhook.cfg"), change.apply(config));
        Path root = ROOT.orElseThrow();
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mkdir -p \"$1/run/hamesh\" && mount --bind \"$2\" \"$1/run/hamesh\" && root=$1 && shift 2"
                        + " && exec chroot \"$root\" /usr/sbin/haproxy \"$@\"",
                "sh",
                root.toString(),
                folder.toString(),
                mode,
                "-f",
                "/run/hamesh/webhook.cfg"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "POD_NAMESPACE", "mesh"));
        return builder.start();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it takes of the machine's memory. */
    double megabytes() throws IOException {
        String status =
                Files.readString(Path.of("/proc", Long.toString(running().pid()), "status"));
        String kilobytes = status.replaceAll("(?s).*VmRSS:\\s+([0-9]+) kB.*", "$1");
        return Integer.parseInt(kilobytes) / 1024.0;
    }

    void kill() {
        running().destroyForcibly().onExit().join();
    }

    /** As the container runtime does when the pod ends: the image's STOPSIGNAL. */
    void softStop() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-USR1", Long.toString(running().pid()))
                .start()
                .waitFor();
    }

    boolean hasEndedWithin(int seconds) throws InterruptedException {
        return running().waitFor(seconds, TimeUnit.SECONDS);
    }

    private Process running() {
        return Objects.requireNonNull(process, "not started");
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
