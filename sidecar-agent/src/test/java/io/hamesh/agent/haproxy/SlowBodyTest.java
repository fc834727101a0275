package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.TestCaller.line;
import static io.hamesh.agent.haproxy.TestCaller.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A body that comes late is no fault: the request waits for it nowhere, and is answered by the application alone. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class SlowBodyTest {
    /** Longer than the second after which it was 408 once. */
    private static final Duration LATE = Duration.ofMillis(1500);

    /** Some packets later than its head, as bodies often are. */
    private static final Duration IN_TIME = Duration.ofMillis(50);

    private Path directory;
    private RawApp app;
    private CallerAndCalled mesh;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
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
    void slowBodyReachesTheApplicationAfterItsHeadDid() throws Exception {
        for (String method : new String[] {"POST", "PUT"}) {
            try (Socket socket = mesh.connect()) {
                send(socket, method + " / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
                await().until(() ->
                        app.asked.contains(method + " / HTTP/1.1")); // none comes while HAProxy waits for a body
                LockSupport.parkNanos(LATE.toNanos()); // what is tried is the time that passes
                send(socket, "ab");
                assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void largestBodyThatIsKeptMayComeInPieces() throws Exception {
        try (Socket socket = mesh.connect()) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 14000\r\n\r\n" + "a".repeat(13_999));
            await().until(() -> !app.asked.isEmpty());
            LockSupport.parkNanos(LATE.toNanos());
            send(socket, "b");
            assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void slowBodyOverHttp2IsNoFaultEither() throws Exception {
        try (H2Client client = new H2Client(mesh.upstream)) {
            client.head("POST", "/", 2);
            await().until(() -> !app.asked.isEmpty());
            LockSupport.parkNanos(LATE.toNanos());
            client.body("ab");
            assertThat(client.status()).isEqualTo(200);
        }
    }

    /** The application of one of two endpoints dies; what its sidecar answers on kept connections is repeated elsewhere. */
    @Test
    void bodyThatComesInTimeIsStillRepeated() throws Exception {
        int[] ports = {FreePorts.next(), FreePorts.next()};
        try (RawApp dying = new RawApp(ports[0], Map.of());
                RawApp living = new RawApp(ports[1], Map.of());
                CallerAndCalled two = new CallerAndCalled(directory.resolve("two"), Protocol.HTTP, ports)) {
            together(20, unused -> statusOverHttp1(two.upstream)); // connections to both that are kept
            assertThat(dying.asked).isNotEmpty();
            dying.die();
            living.asked.clear();
            together(20, i -> i % 2 == 0 ? statusOverHttp1(two.upstream) : statusOverHttp2(two.upstream));
            assertThat(living.asked).hasSize(20);
            await("the dead one was asked, too")
                    .until(() -> two.called.getFirst().haproxyLog().contains("\"status\": 421"));
        }
    }

    private static int statusOverHttp1(int port) throws IOException {
        try (Socket socket = TestPod.connect(port)) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
            LockSupport.parkNanos(IN_TIME.toNanos());
            send(socket, "ab");
            return Integer.parseInt(line(socket).split(" ", 3)[1]);
        }
    }

    private static int statusOverHttp2(int port) throws IOException {
        try (H2Client client = new H2Client(port)) {
            client.head("POST", "/", 2);
            LockSupport.parkNanos(IN_TIME.toNanos());
            client.body("ab");
            return client.status();
        }
    }

    private interface Request {
        int status(int number) throws IOException;
    }

    private static void together(int requests, Request request) throws Exception {
        List<Future<Integer>> all = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                int number = i;
                all.add(threads.submit(() -> request.status(number)));
            }
        }
        for (Future<Integer> each : all) {
            assertThat(each.get()).isEqualTo(200);
        }
    }

    /** Only the application's 100 may come: of two, the second would be taken for the answer. */
    @Test
    void applicationDecidesAboutAnExpectation() throws Exception {
        try (Socket socket = mesh.connect()) {
            send(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(line(socket)).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(app.asked).as("said by the application").isNotEmpty();
            socket.setSoTimeout(300);
            assertThat(rest(socket)).isEqualTo("\r\n");
            socket.setSoTimeout(5000);
            send(socket, "ab");
            assertThat(line(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private static String rest(Socket socket) throws IOException {
        StringBuilder rest = new StringBuilder();
        try {
            while (true) {
                rest.append((char) socket.getInputStream().read());
            }
        } catch (SocketTimeoutException silence) {
            return rest.toString();
        }
    }
}
