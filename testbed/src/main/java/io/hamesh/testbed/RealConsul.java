package io.hamesh.testbed;

import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.host.Wait;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One Consul server on loopback ports of its own, for tests that need no cluster. */
public final class RealConsul implements AutoCloseable {
    private static final Optional<Path> BINARY = Tools.consul();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final int httpPort;
    private @Nullable Process process;

    /** @param folder for its configuration, log and data */
    public RealConsul(Path folder) throws IOException {
        this.folder = folder;
        this.httpPort = FreePorts.next();
        Files.writeString(folder.resolve("consul.hcl"), """
                connect { enabled = true }
                performance { raft_multiplier = 1 }
                ports { http = %d  grpc = -1  grpc_tls = -1  dns = -1  serf_lan = %d  serf_wan = -1  server = %d }
                """.formatted(httpPort, FreePorts.next(), FreePorts.next()));
    }

    /** Whether this machine can have one. */
    public static boolean exists() {
        return BINARY.isPresent();
    }

    public String address() {
        return "http://127.0.0.1:" + httpPort;
    }

    /** Starts it, with what it knew before it was killed. */
    public void start() throws IOException {
        process = new ProcessBuilder(
                        BINARY.orElseThrow().toString(),
                        "agent",
                        "-server",
                        "-bootstrap-expect=1",
                        "-node=test",
                        "-bind=127.0.0.1",
                        "-client=127.0.0.1",
                        "-data-dir=" + folder.resolve("data"),
                        "-config-file=" + folder.resolve("consul.hcl"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("consul.log").toFile()))
                .start();
    }

    /** Writes as soon as Consul takes writes, which has to be within a minute. */
    public void put(String path, String json) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address() + path))
                .PUT(HttpRequest.BodyPublishers.ofString(json))
                .timeout(Duration.ofSeconds(5))
                .build();
        Wait.until("Consul at " + address() + " to take writes: see " + folder, PATIENCE, () -> isTaken(request));
    }

    private boolean isTaken(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false; // not up yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    /** Kills it and everything that it knew. */
    public void loseData() {
        kill();
        Trees.deleteTree(folder.resolve("data"));
    }

    @Override
    public void close() {
        kill();
    }
}
