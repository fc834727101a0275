package io.hamesh.operator.openports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against pods that mean no good. */
class OpenPortsClientTest {
    private final CountDownLatch over = new CountDownLatch(1);
    private ServerSocket pod;
    private OpenPortsClient client;

    @BeforeEach
    void listen() throws IOException {
        pod = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        client = new OpenPortsClient(pod.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        over.countDown();
        pod.close();
    }

    @Test
    void readsAnHonestAnswer() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n8080\n");
        assertThat(client.ask("127.0.0.1").orElseThrow()).hasToString("8080");
    }

    @Test
    void otherStatusIsNoAnswer() {
        answer("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n8080\n");
        assertThat(client.ask("127.0.0.1")).isEmpty();
    }

    @Test
    void followsNoRedirect() {
        answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + pod.getLocalPort()
                + "/\r\nContent-Length: 5\r\n\r\n8080\n");
        assertThat(client.ask("127.0.0.1")).isEmpty();
    }

    @Test
    void endlessAnswerIsCutOff() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + "8".repeat(100_000));
        assertThat(client.ask("127.0.0.1")).isEmpty();
    }

    @Test
    void answerThatNeverEndsIsGivenUp() {
        answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n80");
        assertThat(client.ask("127.0.0.1")).isEmpty();
    }

    @Test
    void podThatDoesNotListenIsUnknown() throws IOException {
        pod.close();
        assertThat(client.ask("127.0.0.1")).isEmpty();
    }

    private void answer(String text) {
        Thread.startVirtualThread(() -> {
            try (Socket socket = pod.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                over.await();
            } catch (IOException | InterruptedException e) {
                // the client hung up, or the test is over
            }
        });
    }
}
