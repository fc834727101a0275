package io.hamesh.agent.haproxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.haproxy.config.InboundSection;
import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.haproxy.config.ServerLine;
import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.haproxy.CliSocket;
import io.hamesh.model.MeshPorts;
import io.hamesh.testbed.FreePorts;
import io.hamesh.testbed.host.ProcessStat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A pod's sidecar on this host: the real HAProxy as its container starts it, and the agent's applier beside it. */
final class TestPod implements AutoCloseable {
    final Layout layout;
    final HaproxyApplier applier;
    private final Path directory;
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private Process haproxy;

    TestPod(Path directory) throws IOException, InterruptedException {
        this.directory = Files.createDirectories(directory);
        layout = new Layout(
                directory, directory.resolve("image/spiffe.lua"), FreePorts.next(), FreePorts.next(), FreePorts.next());
        PrintStream out = new PrintStream(events, true, StandardCharsets.UTF_8);
        applier = new HaproxyApplier(layout, new Log(out, Clock.systemUTC()), Duration.ofSeconds(30));
        String bootstrap = Files.readString(Path.of("src/main/haproxy/bootstrap.cfg"))
                .replace(":" + MeshPorts.OPS, ":" + layout.opsPort())
                .replace("/run/hamesh", directory.toString());
        Files.writeString(directory.resolve("haproxy.cfg"), bootstrap);
        haproxy = start();
    }

    private Process start() throws IOException, InterruptedException {
        return HaproxyRoot.start(
                directory,
                directory,
                directory.resolve("log"),
                "-W",
                "-S",
                layout.masterSocket() + ",mode,600",
                "-f",
                layout.file(Layout.CONFIG).toString());
    }

    void apply(MeshSnapshot wanted) throws DataPlaneException, InterruptedException, IOException {
        try {
            applier.apply(wanted);
        } catch (DataPlaneException e) {
            throw new DataPlaneException(e.getMessage() + "\nHAProxy said:\n" + haproxyLog(), e);
        }
    }

    /** As the kubelet does after a crash: of the container nothing is left, not even a worker that would still answer. */
    void restartHaproxy() throws IOException, InterruptedException {
        List<ProcessHandle> workers = haproxy.descendants().toList();
        workers.forEach(ProcessHandle::destroyForcibly);
        workers.forEach(worker -> worker.onExit().join());
        haproxy.destroyForcibly().waitFor();
        haproxy = start();
    }

    /** Stops its processes. Once they are resumed, they find all at once what happened meanwhile. */
    void pauseHaproxy() throws IOException, InterruptedException {
        signal("-STOP");
        await().until(() -> workers().allMatch(TestPod::isStopped));
    }

    void resumeHaproxy() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private Stream<ProcessHandle> workers() {
        return haproxy.descendants()
                .filter(worker ->
                        ProcessStat.of(worker).filter(ProcessStat::isAlive).isPresent());
    }

    private void signal(String signal) throws IOException, InterruptedException {
        for (ProcessHandle worker : workers().toList()) {
            int exit = new ProcessBuilder("kill", signal, String.valueOf(worker.pid()))
                    .start()
                    .waitFor();
            assertThat(exit).as("kill %s", signal).isZero();
        }
    }

    private static boolean isStopped(ProcessHandle process) {
        return ProcessStat.of(process).filter(stat -> stat.state() == 'T').isPresent();
    }

    /**
     * TLS handshakes since HAProxy started.
     *
     * @param full those in which certificates were shown
     * @param resumed those that went on with a session
     */
    record Handshakes(long full, long resumed) {}

    /** The pod's own, as the called side. */
    Handshakes taken() throws IOException {
        return handshakes(InboundSection.FRONTEND, "FRONTEND");
    }

    /** To one upstream, as the calling side. */
    Handshakes made(String backend) throws IOException {
        return handshakes(backend, "BACKEND");
    }

    private Handshakes handshakes(String proxy, String part) throws IOException {
        Map<String, String> row = statistics(proxy, part);
        return new Handshakes(
                Long.parseLong(requireNonNull(row.get("ssl_sess"))),
                Long.parseLong(requireNonNull(row.get("ssl_reused_sess"))));
    }

    /** True once a new endpoint's one check has succeeded: it is a handshake, too, and comes at a time of its own. */
    boolean isChecked(String backend, Endpoint endpoint) throws IOException {
        return "L6OK".equals(statistics(backend, ServerLine.name(endpoint)).get("check_status"));
    }

    /** The policy by which HAProxy judges, as lines of its map. */
    List<String> intentions() throws IOException {
        return new CliSocket(layout.adminSocket(), Duration.ofSeconds(5))
                .ask("show map " + layout.file(Layout.INTENTIONS))
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.substring(line.indexOf(' ') + 1) + "\n")
                .toList();
    }

    /** A line of `show stat`, by the names in its first. */
    private Map<String, String> statistics(String proxy, String part) throws IOException {
        List<String[]> rows = new CliSocket(layout.adminSocket(), Duration.ofSeconds(5))
                .ask("show stat")
                .lines()
                .map(line -> line.split(",", -1))
                .toList();
        String[] names = rows.getFirst();
        String[] row = rows.stream()
                .filter(fields -> fields[0].equals(proxy) && fields[1].equals(part))
                .findFirst()
                .orElseThrow();
        return IntStream.range(0, names.length)
                .boxed()
                .collect(Collectors.toMap(i -> names[i], i -> row[i], (a, b) -> a));
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", layout.inboundPort());
    }

    String events() {
        return events.toString(StandardCharsets.UTF_8);
    }

    String haproxyLog() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5000);
        return socket;
    }

    @Override
    public void close() {
        haproxy.destroy();
        haproxy.onExit().join();
    }
}
