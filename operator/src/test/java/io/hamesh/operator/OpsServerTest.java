package io.hamesh.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.operator.OpsServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsServerTest {
    private static final int MANY = 4 * OpsServer.MOST;
    private static final Duration KUBELET = Duration.ofSeconds(1);

    private final List<Socket> strangers = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private OpsServer server;

    @BeforeEach
    void start() throws IOException {
        server = new OpsServer(0)
                .route("/readyz", () -> {
                    asked.incrementAndGet();
                    return Answer.ok("ok\n");
                })
                .route("/not", () -> Answer.notYet("process: shutting down\n"))
                .route("/metrics", () -> Answer.ok("x 1\n".repeat(1_000_000)))
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        for (Socket each : strangers) {
            each.close();
        }
    }

    @Test
    void answersByPath() {
        assertThat(ask("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nContent-Length: 3\r\n", "\r\nConnection: close\r\n")
                .endsWith("\r\n\r\nok\n");
        assertThat(ask("GET /readyz?verbose HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(ask("GET /not HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 503 ").endsWith("process: shutting down\n");
        assertThat(ask("HEAD /readyz HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void refusesWhatItDoesNotServe() {
        assertThat(ask("GET /other HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
        assertThat(ask("POST /readyz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(ask("hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("GET /readyz HTTP/1.1\r\nx: " + "a".repeat(8192 - 25))).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void silentConnectionsDoNotKeepOutWhoAsks() throws IOException {
        for (int i = 0; i < MANY; i++) {
            connect();
            if (i % 100 == 0) {
                assertAnsweredInTime();
            }
        }
        assertAnsweredInTime();
        await().untilAsserted(() -> assertThat(stillOpen()).isLessThanOrEqualTo(OpsServer.MOST));
    }

    @Test
    void unfinishedHeadsDoNotKeepOutWhoAsks() throws IOException {
        for (int i = 0; i < MANY; i++) {
            connect().getOutputStream().write("GET /readyz HTTP/1.1\r\nx: a".getBytes(StandardCharsets.US_ASCII));
        }
        assertAnsweredInTime();
        await().untilAsserted(() -> assertThat(stillOpen()).isLessThanOrEqualTo(OpsServer.MOST));
    }

    @Test
    void slowReadersDoNotKeepOutWhoAsks() throws IOException {
        for (int i = 0; i < OpsServer.MOST; i++) {
            connect().getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertAnsweredInTime();
    }

    /** However many ask: what is behind it costs no more. */
    @Test
    void answersAreMadeSeldom() {
        long before = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            assertAnsweredInTime();
        }
        long took = Duration.ofNanos(System.nanoTime() - before).toMillis();
        assertThat((long) asked.get()).isBetween(1L, took / 100 + 1);
    }

    private void assertAnsweredInTime() {
        long before = System.nanoTime();
        assertThat(ask("GET /readyz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(KUBELET.multipliedBy(3));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        strangers.add(socket);
        return socket;
    }

    private long stillOpen() {
        return strangers.stream().filter(OpsServerTest::isOpen).count();
    }

    private static boolean isOpen(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    private String ask(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
