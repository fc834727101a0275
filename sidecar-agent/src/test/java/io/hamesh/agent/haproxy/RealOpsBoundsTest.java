package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Somebody opens all the connections to the operations port of the real HAProxy that he gets. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealOpsBoundsTest {
    private static final int OF_ONE_SOURCE = 100;
    private static final int OF_ALL = 500;

    private final List<Socket> held = new ArrayList<>();
    private TestPod pod;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        Leaf leaf = ca.leaf(Snapshots.id("redis"));
        pod = new TestPod(directory.resolve("pod"));
        pod.apply(Snapshots.of("redis")
                .speaking(Protocol.TCP)
                .onPort(FreePorts.next())
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .build());
    }

    @AfterEach
    void stop() throws IOException {
        release();
        pod.close();
    }

    @Test
    void oneSourceGetsItsShareAndTheKubeletIsAnswered() throws Exception {
        hold(OF_ONE_SOURCE, "127.0.0.2");
        try (Socket beyond = connect("127.0.0.2")) {
            assertThat(ends(beyond)).isTrue();
        }
        assertThat(ready("127.0.0.3")).startsWith("HTTP/1.1 200");
        release();
        await().ignoreExceptions().until(() -> ready("127.0.0.2").startsWith("HTTP/1.1 200"));
    }

    @Test
    void manySourcesDoNotTakeTheConnectionsOfTheMesh() throws Exception {
        for (int source = 0; source < OF_ALL / OF_ONE_SOURCE; source++) {
            hold(OF_ONE_SOURCE, "127.0.1." + (1 + source));
        }
        assertThatThrownBy(() -> ready("127.0.0.3")).isInstanceOf(SocketTimeoutException.class);
        // Without an application behind it the mesh port rejects what it accepts: an end, not silence.
        try (Socket mesh = TestPod.connect(pod.layout.inboundPort())) {
            assertThat(ends(mesh)).isTrue();
        }
        release();
        await().ignoreExceptions().until(() -> ready("127.0.0.3").startsWith("HTTP/1.1 200"));
    }

    private void hold(int connections, String source) throws IOException {
        for (int i = 0; i < connections; i++) {
            held.add(connect(source));
        }
    }

    private void release() throws IOException {
        for (Socket socket : held) {
            socket.close();
        }
        held.clear();
    }

    private Socket connect(String source) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), pod.layout.opsPort(), InetAddress.getByName(source), 0);
        socket.setSoTimeout(2000);
        return socket;
    }

    private String ready(String source) throws IOException {
        try (Socket socket = connect(source)) {
            socket.getOutputStream().write("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), US_ASCII);
        }
    }

    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketTimeoutException silence) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
