package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Two pods of `api`, called by `www`: the application of one dies, its sidecar lives. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class DeadAppTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Duration SLOW = Duration.ofMillis(200);

    private final List<AutoCloseable> open = new ArrayList<>();

    /** What the applications were asked to do: a line for each request. */
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    /** The application that reads requests and closes without a word, if any. */
    private volatile int silent = -1;

    private Path directory;
    private TestCa ca;
    private int port;
    private final int[] app = new int[2];

    @BeforeEach
    void prepare(@TempDir Path temporary) throws Exception {
        directory = temporary;
        ca = new TestCa(directory, "ca");
        port = FreePorts.next();
        app[0] = FreePorts.next();
        app[1] = FreePorts.next();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void requestsOfEveryMethodGoToTheOtherEndpointAndNoneIsDoneTwice() throws Exception {
        HttpServer dying = http(0);
        http(1);
        mesh(Protocol.HTTP, 2);
        together(20, "warm"); // connections to both that are kept
        assertThat(seen).anyMatch(line -> line.startsWith("0 ")).anyMatch(line -> line.startsWith("1 "));
        dying.stop(0);
        seen.clear();

        List<HttpResponse<String>> answers = together(40, "order");
        answers.addAll(together(40, "more"));
        assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
        assertThat(seen).hasSize(80).doesNotHaveDuplicates().allMatch(line -> line.startsWith("1 "));
    }

    /** Killed with connections that its sidecar keeps: each retry may meet one more of them, until none is left to make. */
    @Test
    void whatMayBeRepeatedLeavesAnApplicationThatAnswersNothing() throws Exception {
        http(0);
        http(1);
        mesh(Protocol.HTTP, 2);
        together(20, "warm");
        silent = 0;
        seen.clear();
        for (int i = 0; i < 20; i++) {
            assertThat(send("PUT", "/", "idempotent").statusCode()).isEqualTo(200);
        }
        assertThat(seen).as("the silent one was asked as well").anyMatch(line -> line.startsWith("0 "));
        seen.clear();
        for (int i = 0; i < 20; i++) {
            String id = "order-" + i;
            try {
                assertThat(post("/", id).statusCode()).isIn(200, 502);
            } catch (IOException closed) {
                // so HAProxy tells a client that its kept connection has failed
            }
        }
        assertThat(seen).as("never repeated").doesNotHaveDuplicates().hasSize(20);
        assertThat(seen.stream().map(line -> line.substring(2))).doesNotHaveDuplicates();
    }

    /**
     * While everybody is busy. HAProxy's `leastconn` never asked it again: a retry that goes past the least loaded server
     * because it has just failed there forgets it until another server is idle for a moment.
     */
    @Test
    void applicationThatReturnsGetsItsShareAgainWhileTheOthersAreBusy() throws Exception {
        HttpServer dying = http(0);
        http(1);
        mesh(Protocol.HTTP, 2);
        AtomicBoolean busy = new AtomicBoolean(true);
        open.add(() -> busy.set(false));
        for (int i = 0; i < 16; i++) {
            Thread.startVirtualThread(() -> {
                while (busy.get()) {
                    put("/slow");
                }
            });
        }
        awaitBothAsked();
        dying.stop(0);
        await().until(() -> haproxyLog(0).contains("Server app/ipv4 is DOWN"));
        http(0);
        await().until(() -> haproxyLog(0).contains("Server app/ipv4 is UP"));
        awaitBothAsked();
    }

    private void awaitBothAsked() {
        seen.clear();
        await().until(() -> seen.stream().filter(line -> line.startsWith("0 ")).count() > 20
                && seen.stream().filter(line -> line.startsWith("1 ")).count() > 20);
    }

    private void put(String path) {
        try {
            send("PUT", path, "held");
        } catch (IOException lost) {
            // with the application that died
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** A look that ends with TCP would find its sidecar every second, and cost other requests their retries. */
    @Test
    void callerLeavesAnApplicationAloneForAsLongAsItIsGone() throws Exception {
        http(1);
        mesh(Protocol.HTTP, 2);
        await().until(() -> send("PUT", "/", "order").statusCode() == 200 && callersLog("is DOWN") == 1);
        await().during(Duration.ofMillis(2500)).atMost(Duration.ofSeconds(5)).until(() -> callersLog("is UP") == 0);
        http(0);
        await().until(() -> callersLog("is UP") == 1);
    }

    /** Of the lines that HAProxy itself writes about the main backend's servers, those about an ejected one. */
    private long callersLog(String word) throws IOException {
        return haproxyLog(2)
                .lines()
                .filter(line -> line.startsWith("[WARNING]") && !line.contains("_once/"))
                .filter(line -> line.contains(word + ", reason:"))
                .count();
    }

    @Test
    void callerOfTheOnlyEndpointIsToldThatThereIsNone() throws Exception {
        mesh(Protocol.HTTP, 1);
        HttpResponse<String> answer = post("/", "order");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(seen).isEmpty();
    }

    @Test
    void applicationThatListensLateIsReached() throws Exception {
        mesh(Protocol.HTTP, 1);
        assertThat(post("/", "early").statusCode()).isEqualTo(503);
        http(0);
        await().until(() -> post("/", "late").statusCode() == 200);
    }

    @Test
    void whatTheApplicationAnswersItselfIsNeverSentAgain() throws Exception {
        http(0);
        http(1);
        mesh(Protocol.HTTP, 2);
        for (int status : List.of(400, 421, 503)) {
            seen.clear();
            assertThat(post("/status/" + status, "order").statusCode()).isEqualTo(status);
            assertThat(seen).as("status " + status).hasSize(1);
        }
    }

    @Test
    void tcpConnectionsGoToTheOtherEndpoint() throws Exception {
        ServerSocket dying = echo(0);
        echo(1);
        mesh(Protocol.TCP, 2);
        await().until(() -> List.of(exchange(), exchange(), exchange()).containsAll(List.of("0", "1")));
        dying.close();
        await().until(() -> {
            exchange(); // the one that finds out waits in vain
            return haproxyLog(0).contains("Server app/ipv6 is DOWN");
        });
        for (int i = 0; i < 20; i++) {
            assertThat(exchange()).isEqualTo("1");
        }
    }

    @Test
    void tcpConnectionOutlastsTheApplicationsRestart() throws Exception {
        ServerSocket dying = echo(0);
        mesh(Protocol.TCP, 1);
        await().until(() -> exchange().equals("0"));
        dying.close();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> waiting = threads.submit(this::exchange);
            await().until(() -> haproxyLog(0).contains("Server app/ipv4 is DOWN"));
            echo(0);
            assertThat(waiting.get()).isEqualTo("0");
        }
    }

    // ---- the pods

    private final List<TestPod> pods = new ArrayList<>();

    private void mesh(Protocol protocol, int endpoints) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("api"));
        List<Endpoint> all = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            TestPod pod = pod("api-" + i);
            pod.apply(Snapshots.of("api")
                    .speaking(protocol)
                    .onPort(app[i])
                    .at(true, "127.0.0.1")
                    .roots(ca.certificate())
                    .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                    .allow("www")
                    .build());
            all.add(pod.endpoint());
        }
        Leaf own = ca.leaf(Snapshots.id("www"));
        TestPod www = pod("www");
        www.apply(caller(own, protocol));
        www.apply(caller(own, protocol, all.toArray(Endpoint[]::new))); // added at run time, as in a pod
    }

    private MeshSnapshot caller(Leaf leaf, Protocol protocol, Endpoint... endpoints) throws IOException {
        return Snapshots.of("www")
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("api", port, protocol, endpoints)
                .build();
    }

    private TestPod pod(String name) throws Exception {
        TestPod pod = new TestPod(directory.resolve(name));
        open.add(pod);
        pods.add(pod);
        return pod;
    }

    private String haproxyLog(int pod) throws IOException {
        return pods.get(pod).haproxyLog();
    }

    // ---- their applications

    private HttpServer http(int which) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), app[which]), 50);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(which, exchange));
        server.start();
        open.add(() -> {
            server.stop(0);
            threads.shutdownNow();
        });
        return server;
    }

    /** With the status of the path, and a forged word about it. */
    private void answer(int which, HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        seen.add(which + " " + new String(exchange.getRequestBody().readAllBytes(), US_ASCII));
        if (path.equals("/slow")) {
            LockSupport.parkNanos(SLOW.toNanos());
        }
        if (which == silent) {
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().add("x-hamesh-status", "421");
        int status = path.startsWith("/status/") ? Integer.parseInt(path.substring("/status/".length())) : 200;
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** Says which it is and closes. */
    private ServerSocket echo(int which) throws IOException {
        ServerSocket server = new ServerSocket(app[which], 50, InetAddress.getLoopbackAddress());
        open.add(server);
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    if (socket.getInputStream().read() >= 0) {
                        socket.getOutputStream().write('0' + which);
                    }
                } catch (IOException gone) {
                    // the server was closed, or the caller left
                }
            }
        });
        return server;
    }

    // ---- what the caller sees

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body);
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private List<HttpResponse<String>> together(int requests, String name) throws Exception {
        List<HttpResponse<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                String id = name + "-" + i;
                all.add(threads.submit(() -> post("/", id)));
            }
            for (Future<HttpResponse<String>> each : all) {
                answers.add(each.get());
            }
        }
        return answers;
    }

    private String exchange() throws IOException {
        try (Socket socket = TestPod.connect(port)) {
            socket.getOutputStream().write('x');
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }
}
