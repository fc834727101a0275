package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What an application answers wrongly is told as its fault, in a line of plain text, and not asked for over and over. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class InvalidAnswerTest {
    private static final Map<String, String> INVALID = new LinkedHashMap<>(Map.of(
            "/two-encodings",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "/two-lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
            "/blank-in-name",
            "HTTP/1.1 200 OK\r\nX Y: z\r\nContent-Length: 2\r\n\r\nok",
            "/no-http",
            "hello\r\n\r\n",
            "/large-head",
            "HTTP/1.1 200 OK\r\nX: " + "x".repeat(300_000) + "\r\nContent-Length: 2\r\n\r\nok"));

    /** Of one request, whatever it is, over both hops: the first, and three more where that is allowed. */
    private static final int TRIES = 4;

    private RawApp app;
    private CallerAndCalled mesh;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        int port = FreePorts.next();
        Map<String, String> answers = new LinkedHashMap<>(INVALID);
        answers.put("/none", "");
        app = new RawApp(port, answers);
        mesh = new CallerAndCalled(directory, Protocol.HTTP, port);
    }

    @AfterEach
    void stop() throws IOException {
        mesh.close();
        app.close();
    }

    @Test
    void invalidAnswerIsAskedForOnceAndToldAsTheApplications() throws Exception {
        for (int port : new int[] {mesh.upstream, mesh.unsecured}) {
            for (String method : new String[] {"GET", "POST"}) {
                for (String path : INVALID.keySet()) {
                    app.asked.clear();
                    String answer = ask(port, method, path);
                    assertThat(answer)
                            .as(method + " " + path)
                            .startsWith("HTTP/1.1 502 ")
                            .contains("\r\ncontent-type: text/plain\r\n")
                            .endsWith(
                                    "\r\n\r\nhamesh: the called sidecar, of api: the application gave an answer that is not"
                                            + " valid HTTP or has too large a head\n");
                    assertThat(app.asked).as(method + " " + path).hasSize(1);
                }
            }
        }
        assertThat(ask(mesh.upstream, "GET", "/valid"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\nok");
    }

    /** Only what is idempotent is asked for again, by one of the two sidecars. */
    @Test
    void answerThatNeverBeginsIsAskedForFourTimesAtMost() throws Exception {
        for (int port : new int[] {mesh.upstream, mesh.unsecured}) {
            for (String method : new String[] {"GET", "POST"}) {
                app.asked.clear();
                assertThat(ask(port, method, "/none"))
                        .startsWith("HTTP/1.1 502 ")
                        .endsWith("\r\n\r\nhamesh: the called sidecar, of api: the application closed the connection"
                                + " without an answer\n");
                assertThat(app.asked).as(method).hasSize(method.equals("GET") ? TRIES : 1);
            }
        }
    }

    @Test
    void applicationThatIsGoneAndEndpointsThatAreNotThereAreToldApart() throws Exception {
        app.close();
        // One connection more may slip in beside the close.
        await().until(() -> !ask(mesh.unsecured, "POST", "/").startsWith("HTTP/1.1 200 "));
        assertThat(ask(mesh.unsecured, "POST", "/"))
                .startsWith("HTTP/1.1 503 ")
                .contains(
                        "\r\n\r\nhamesh: the called sidecar, of api: the application does not take connections on its port ");
        mesh.call();
        assertThat(ask(mesh.upstream, "POST", "/"))
                .startsWith("HTTP/1.1 503 ")
                .endsWith("\r\n\r\nhamesh: the caller's sidecar, of www: no endpoint of api takes it:"
                        + " none is there, or their applications are gone\n");
    }

    private static String ask(int port, String method, String path) throws IOException {
        try (var socket = TestPod.connect(port)) {
            String length = method.equals("POST") ? "Content-Length: 0\r\n" : "";
            TestCaller.send(
                    socket, method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + length + "\r\n");
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
