package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.AgentStatus.Figures;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the operations port of the real HAProxy says of the agent and the application. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealStatusTest {
    private TestPod pod;
    private TestCa ca;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        ca = new TestCa(directory, "ca");
        pod = new TestPod(directory.resolve("pod"));
    }

    @AfterEach
    void stop() {
        pod.close();
    }

    @Test
    void beforeTheFirstSnapshotNothingIsStartedReadyOrKnown() {
        await().ignoreExceptions().until(() -> get("/ready").startsWith("HTTP/1.1 503"));
        assertThat(status("/started")).isEqualTo(503);
        assertThat(status("/open-ports")).isEqualTo(404);
        assertThatThrownBy(() -> pod.applier.publish(open(8080))).isInstanceOf(DataPlaneException.class);
    }

    @Test
    void statusThatWasPublishedTooEarlyIsThereAfterTheFirstSnapshot() throws Exception {
        await().ignoreExceptions().until(() -> get("/ready").startsWith("HTTP/1.1 503"));
        assertThatThrownBy(() -> pod.applier.publish(open(8080))).isInstanceOf(DataPlaneException.class);
        pod.apply(snapshot(Protocol.TCP));
        assertThat(body("/open-ports")).isEqualTo("8080\n");
    }

    @Test
    void changesWithoutAReload() throws Exception {
        pod.apply(snapshot(Protocol.TCP));
        assertThat(body("/open-ports")).isEqualTo("unknown\n");
        pod.applier.publish(open());
        assertThat(body("/open-ports")).isEqualTo("none\n");
        assertThat(body("/metrics/agent"))
                .startsWith("# HELP hamesh_open_ports ")
                .doesNotContain("hamesh_open_ports{")
                .endsWith("\nhamesh_agent_reloads_total 1\n");
        pod.applier.publish(open(8080, 9090));
        assertThat(body("/open-ports")).isEqualTo("8080,9090\n");
        assertThat(body("/metrics/agent")).contains("hamesh_open_ports{port=\"9090\"} 1\n");
        assertThat(get("/ready")).startsWith("HTTP/1.1 200");
        assertThat(pod.applier.reloads()).isEqualTo(1);
    }

    @Test
    void objectionMakesItUnreadyButNotUnstarted() throws Exception {
        pod.apply(snapshot(Protocol.TCP));
        pod.applier.publish(objecting("hamesh.io/require-loopback: port 8080, 100% \"open\""));
        assertThat(get("/ready"))
                .startsWith("HTTP/1.1 503")
                .endsWith("hamesh.io/require-loopback: port 8080, 100% \"open\"\n");
        assertThat(status("/started")).isEqualTo(200);
        pod.applier.publish(open());
        assertThat(status("/ready")).isEqualTo(200);
    }

    @Test
    void lastStatusOutlivesReloadAndRestart() throws Exception {
        pod.apply(snapshot(Protocol.TCP));
        pod.applier.publish(objecting("no"));
        pod.apply(snapshot(Protocol.HTTP));
        assertThat(pod.applier.reloads()).isEqualTo(2);
        assertThat(status("/ready")).isEqualTo(503);
        pod.restartHaproxy();
        await().ignoreExceptions().until(() -> get("/ready").endsWith("no\n"));
        assertThat(body("/open-ports")).isEqualTo("8080\n");
    }

    private static AgentStatus open(Integer... ports) {
        return status(Optional.empty(), ports);
    }

    private static AgentStatus objecting(String why) {
        return status(Optional.of(why), 8080);
    }

    private static AgentStatus status(Optional<String> unready, Integer... ports) {
        Instant now = Instant.now();
        return new AgentStatus(
                Optional.of(new TreeSet<>(List.of(ports))), unready, new Figures(now, now, now, 1, 1, 0, now));
    }

    private MeshSnapshot snapshot(Protocol protocol) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("redis"));
        return Snapshots.of("redis")
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("api", pod.layout.inboundPort(), protocol)
                .build();
    }

    private int status(String path) {
        return Integer.parseInt(get(path).substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    private String body(String path) {
        String answer = get(path);
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private String get(String path) {
        try (Socket socket = TestPod.connect(pod.layout.opsPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
