package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A connection that is opened ahead, as browsers and connection pools do, hears nothing until it is used or ends. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class OpenedAheadTest {
    /** After which a connection of unsecured-port ends, and one on loopback once got a 408. */
    private static final int REQUEST_TIMEOUT_MS = 10_000;

    private RawApp app;
    private CallerAndCalled mesh;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        int port = FreePorts.next();
        app = new RawApp(port, Map.of());
        mesh = new CallerAndCalled(directory, Protocol.HTTP, port);
    }

    @AfterEach
    void stop() throws IOException {
        mesh.close();
        app.close();
    }

    @Test
    void loopbackWaitsInSilenceAndTheUnsecuredPortClosesWithoutAWord() throws Exception {
        try (Socket ahead = mesh.connect();
                Socket stranger = TestPod.connect(mesh.unsecured)) {
            stranger.setSoTimeout(3 * REQUEST_TIMEOUT_MS);
            long begun = System.nanoTime();
            assertThat(stranger.getInputStream().read())
                    .as("end without a word")
                    .isEqualTo(-1);
            assertThat(System.nanoTime() - begun).isGreaterThan((REQUEST_TIMEOUT_MS - 1000) * 1_000_000L);
            ahead.setSoTimeout(1000);
            assertThat(silent(ahead)).isTrue();
            ahead.setSoTimeout(5000);
            TestCaller.send(ahead, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(TestCaller.line(ahead)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    /** The keep-alive time is an hour; here the same configuration runs with a second. */
    @Test
    void loopbackConnectionEndsWithoutAWordAfterTheKeepAliveTime() throws Exception {
        Path config = mesh.caller.layout.file(Layout.CONFIG);
        String shorter = Files.readString(config).replace("timeout http-request 1h", "timeout http-request 1s");
        Files.writeString(config, shorter);
        mesh.caller.restartHaproxy();
        TestCaller.awaitOpen(mesh.upstream);
        try (Socket ahead = mesh.connect()) {
            assertThat(ahead.getInputStream().read()).as("end without a word").isEqualTo(-1);
        }
    }

    private static boolean silent(Socket socket) throws IOException {
        try {
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException silence) {
            return true;
        }
    }
}
