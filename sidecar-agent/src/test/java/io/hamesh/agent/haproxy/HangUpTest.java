package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.haproxy.CliSocket;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A caller that hangs up is noticed on both hops, and the application with him: nothing works on for nobody. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class HangUpTest {
    /** A second is promised; a busy machine gets three. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    private static final int CALLERS = 50;

    private Path directory;
    private int port;
    private RawApp app;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        port = FreePorts.next();
        app = new RawApp(port, Map.of());
        open.add(app);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void whoHangsUpIsNoticedWhateverHeWaitsFor() throws Exception {
        CallerAndCalled mesh = mesh(port);
        for (int target : new int[] {mesh.upstream, mesh.unsecured}) {
            for (String path : List.of("/wait", "/events")) {
                for (String method : List.of("GET", "POST")) {
                    everybodyLeaves(mesh, target, method, path);
                }
            }
        }
    }

    private void everybodyLeaves(CallerAndCalled mesh, int target, String method, String path) throws Exception {
        List<Socket> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(request(target, method, path));
        }
        await().until(() -> app.waiting.get() == CALLERS);
        for (Socket caller : callers) {
            caller.close();
        }
        String what = method + " " + path;
        await(what).atMost(NOTICED).until(() -> app.waiting.get() == 0);
        await(what).atMost(NOTICED).until(() -> streams(mesh.caller) + streams(mesh.called.getFirst()) == 0);
    }

    /** HAProxy cannot tell a half close from the end; docs/restarts-and-failures.md says that it counts as that. */
    @Test
    void halfCloseOverHttpCountsAsTheEnd() throws Exception {
        CallerAndCalled mesh = mesh(port);
        try (Socket caller = request(mesh.upstream, "GET", "/wait")) {
            await().until(() -> app.waiting.get() == 1);
            caller.shutdownOutput();
            await().atMost(NOTICED).until(() -> app.waiting.get() == 0);
        }
    }

    /** Here a half close is part of many protocols: what comes after it still arrives. */
    @Test
    void halfCloseOverTcpStaysAHalfClose() throws Exception {
        ServerSocket answersAtTheEnd = new ServerSocket(FreePorts.next(), 50, InetAddress.getLoopbackAddress());
        open.add(answersAtTheEnd);
        Thread.startVirtualThread(() -> {
            while (!answersAtTheEnd.isClosed()) {
                try (Socket socket = answersAtTheEnd.accept()) {
                    int bytes = socket.getInputStream().readAllBytes().length;
                    LockSupport.parkNanos(
                            Duration.ofSeconds(1).toNanos()); // a half close that is taken for the end cuts it
                    TestCaller.send(socket, bytes + " bytes\n");
                } catch (IOException gone) {
                    // a check's connection, or the end of the test
                }
            }
        });
        CallerAndCalled mesh = new CallerAndCalled(directory, Protocol.TCP, answersAtTheEnd.getLocalPort());
        open.add(mesh);
        try (Socket caller = mesh.connect()) {
            TestCaller.send(caller, "hello");
            caller.shutdownOutput();
            assertThat(TestCaller.line(caller)).isEqualTo("5 bytes");
        }
    }

    @Test
    void whoCancelsAStreamOfHttp2IsNoticed() throws Exception {
        CallerAndCalled mesh = mesh(port);
        try (H2Client caller = new H2Client(mesh.upstream)) {
            caller.head("POST", "/wait", 1);
            caller.body("x");
            await().until(() -> app.waiting.get() == 1);
            caller.cancel();
            await().atMost(NOTICED).until(() -> app.waiting.get() == 0);
        }
    }

    /** The endpoint never answers the TLS handshake: four tries of three seconds each. */
    @Test
    void whoHangsUpWhileRetriesWaitIsNoticed() throws Exception {
        CallerAndCalled mesh = mesh(port);
        ServerSocket silent = new ServerSocket(FreePorts.next(), 50, InetAddress.getLoopbackAddress());
        open.add(silent);
        mesh.call(new Endpoint("127.0.0.1", silent.getLocalPort()));
        for (String method : List.of("GET", "POST")) {
            Socket caller = request(mesh.upstream, method, "/wait");
            await().until(() -> streams(mesh.caller) == 1);
            caller.close();
            await().atMost(NOTICED).until(() -> streams(mesh.caller) == 0);
        }
    }

    private CallerAndCalled mesh(int application) throws Exception {
        CallerAndCalled mesh = new CallerAndCalled(directory, Protocol.HTTP, application);
        open.add(mesh);
        return mesh;
    }

    private static Socket request(int target, String method, String path) throws IOException {
        Socket socket = TestPod.connect(target);
        String body = method.equals("POST") ? "Content-Length: 1\r\n\r\nx" : "\r\n";
        TestCaller.send(socket, method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + body);
        return socket;
    }

    /** Of requests that are under way; kept connections without one do not count. */
    private static long streams(TestPod pod) throws IOException {
        return new CliSocket(pod.layout.adminSocket(), Duration.ofSeconds(5))
                .ask("show sess")
                .lines()
                .filter(line -> line.contains(" fe=") && !line.contains(" fe=GLOBAL "))
                .count();
    }
}
