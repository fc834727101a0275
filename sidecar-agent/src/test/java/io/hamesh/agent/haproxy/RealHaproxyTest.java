package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.model.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The applier against HAProxy itself: `redis` is called by `www` and `cron`. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealHaproxyTest {
    private Path directory;
    private TestCa ca;
    private TestPod redis;
    private TestPod www;
    private TestPod cron;
    private int app;
    private int wwwPort;
    private int cronPort;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void pods(@TempDir Path temporary) throws Exception {
        directory = temporary;
        ca = new TestCa(directory, "ca");
        app = TestPod.freePort();
        wwwPort = TestPod.freePort();
        cronPort = TestPod.freePort();
        redis = pod("redis");
        www = pod("www");
        cron = pod("cron");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void deniedSourceLosesItsOpenConnectionsAndNoOther() throws Exception {
        echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).build());
        callers(Protocol.TCP);
        assertThat(answers(wwwPort)).isFalse();

        redis.apply(service(Protocol.TCP).allow("www", "cron").build());
        Socket ofWww = talking(wwwPort);
        Socket ofCron = talking(cronPort);
        redis.apply(service(Protocol.TCP).allow("cron").deny("www").build());
        assertThat(ofWww.getInputStream().read()).isEqualTo(-1);
        assertThat(exchange(ofCron)).isTrue();
        assertThat(answers(wwwPort)).isFalse();
        assertThat(redis.applier.reloads()).isEqualTo(1);
    }

    @Test
    void sourceThatOnlyTheWildcardAllowedLosesItsConnectionsWithIt() throws Exception {
        echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        callers(Protocol.TCP);
        Socket ofWww = talking(wwwPort);
        Socket ofCron = talking(cronPort);
        redis.apply(service(Protocol.TCP).allow("cron").build());
        assertThat(ofWww.getInputStream().read()).isEqualTo(-1);
        assertThat(exchange(ofCron)).isTrue();
    }

    @Test
    void connectionThatOutlivedAReloadIsClosedByADenyToo() throws Exception {
        echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        callers(Protocol.TCP);
        Socket ofWww = talking(wwwPort);
        Socket ofCron = talking(cronPort);
        Snapshots more = service(Protocol.TCP).unsecured(TestPod.freePort());
        redis.apply(more.allow("*").build());
        assertThat(redis.applier.reloads()).isEqualTo(2);
        assertThat(exchange(ofWww)).isTrue();

        redis.apply(more.nobody().allow("cron").build());
        assertThat(ofWww.getInputStream().read()).isEqualTo(-1);
        assertThat(exchange(ofCron)).isTrue();
    }

    @Test
    void deniedSourceLosesItsEventStreamAndIsToldWhy() throws Exception {
        http();
        redis.apply(service(Protocol.HTTP).allow("*").build());
        callers(Protocol.HTTP);
        Socket ofWww = events(wwwPort);
        Socket ofCron = events(cronPort);
        redis.apply(service(Protocol.HTTP).allow("*").deny("www").build());
        assertThat(ends(ofWww)).isTrue();
        assertThat(hasEvent(ofCron)).isTrue();
        assertThat(get(wwwPort, "/")).startsWith("HTTP/1.1 403").contains("x-hamesh-denied: intention");
        assertThat(get(cronPort, "/")).startsWith("HTTP/1.1 200");
    }

    @Test
    void applicationLearnsTheCallerFromTheCertificateAlone() throws Exception {
        http();
        redis.apply(service(Protocol.HTTP).allow("www").build());
        callers(Protocol.HTTP);
        String answer = get(
                wwwPort, "/", "X-Forwarded-Client-Cert: URI=spiffe://forged\r\nx_forwarded_client_cert: forged\r\n");
        assertThat(answer).contains("URI=" + Snapshots.id("www").uri()).doesNotContain("forged");
    }

    @Test
    void nothingFailsWhileEverythingIsReplaced() throws Exception {
        http();
        redis.apply(service(Protocol.HTTP).allow("www").build());
        callers(Protocol.HTTP);
        TestCa next = new TestCa(directory, "next");
        AtomicInteger done = new AtomicInteger();
        List<String> failed = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = Thread.startVirtualThread(() -> {
            while (!stop.get()) {
                try {
                    String answer = get(wwwPort, "/");
                    if (answer.startsWith("HTTP/1.1 200")) {
                        done.incrementAndGet();
                    } else {
                        failed.add(answer);
                    }
                } catch (IOException e) {
                    failed.add(e.toString());
                }
            }
        });
        for (int i = 0; i < 10; i++) {
            TestCa signer = i % 2 == 0 ? next : ca;
            redis.apply(serviceOf(signer, Protocol.HTTP, ca.certificate(), next.certificate())
                    .allow("www")
                    .deny("x" + i)
                    .build());
            www.apply(callerOf(
                            signer,
                            "www",
                            wwwPort,
                            Protocol.HTTP,
                            redis.endpoint(),
                            new Endpoint("127.0.0.2", redis.layout.inboundPort()))
                    .roots(ca.certificate(), next.certificate())
                    .build());
            www.apply(callerOf(
                            signer,
                            "www",
                            wwwPort,
                            Protocol.HTTP,
                            new Endpoint("127.0.0.2", redis.layout.inboundPort()))
                    .roots(ca.certificate(), next.certificate())
                    .build());
            www.apply(callerOf(signer, "www", wwwPort, Protocol.HTTP, redis.endpoint())
                    .roots(ca.certificate(), next.certificate())
                    .build());
        }
        stop.set(true);
        load.join();
        assertThat(failed).isEmpty();
        assertThat(done.get()).isGreaterThan(100);
        assertThat(www.applier.reloads()).isEqualTo(1);
        assertThat(redis.applier.reloads()).isEqualTo(1);
    }

    @Test
    void serverOfAnotherIdentityGetsNothing() throws Exception {
        echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        assertThat(answers(wwwPort)).isFalse();
        Snapshots wrong =
                Snapshots.of("www").clientOnly().at(false, "127.0.0.1").roots(ca.certificate());
        Leaf leaf = ca.leaf(Snapshots.id("www"));
        www.apply(wrong.leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("api", wwwPort, Protocol.TCP, redis.endpoint())
                .build());
        assertThat(answers(wwwPort)).isFalse();
    }

    @Test
    void applicationOnIpv6LoopbackAloneIsFound() throws Exception {
        echo("::1");
        redis.apply(service(Protocol.TCP).at(true, "127.0.0.1").allow("*").build());
        callers(Protocol.TCP);
        assertThat(answers(wwwPort)).isTrue();
    }

    @Test
    void upstreamWithoutEndpointsFailsAtOnce() throws Exception {
        www.apply(callerOf(ca, "www", wwwPort, Protocol.HTTP).build());
        cron.apply(callerOf(ca, "cron", cronPort, Protocol.TCP).build());
        long start = System.nanoTime();
        assertThat(get(wwwPort, "/")).startsWith("HTTP/1.1 503");
        assertThat(answers(cronPort)).isFalse();
        assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
    }

    @Test
    void haproxyStartedAnewComesBackAsItWas() throws Exception {
        echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).build());
        callers(Protocol.TCP);
        redis.apply(service(Protocol.TCP).allow("www").build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP, redis.endpoint()).build());
        redis.restartHaproxy();
        www.restartHaproxy();
        awaitAnswer(wwwPort);

        redis.apply(service(Protocol.TCP).deny("www").build());
        assertThat(answers(wwwPort)).isFalse();
        assertThat(redis.applier.reloads()).isEqualTo(1);
        assertThat(redis.events()).contains("event=haproxy-restarted");
    }

    @Test
    void failedReloadLeavesWhatRuns() throws Exception {
        echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("www").build());
        callers(Protocol.TCP);
        // The pod does not have that address: HAProxy cannot bind it.
        assertThatThrownBy(() -> redis.apply(service(Protocol.TCP)
                        .at(false, "192.0.2.1")
                        .unsecured(8080)
                        .build()))
                .isInstanceOf(DataPlaneException.class)
                .hasMessageContaining("the reload failed, HAProxy keeps its old configuration");
        assertThat(answers(wwwPort)).isTrue();
        redis.restartHaproxy();
        awaitAnswer(wwwPort);
    }

    @Test
    void refusedCommandFallsBackToAReloadWithoutNamingTheSecret() throws Exception {
        redis.apply(service(Protocol.TCP).build());
        callers(Protocol.TCP);
        assertThatThrownBy(() -> redis.apply(service(Protocol.TCP)
                        .leaf("not a certificate\n", "TOP SECRET\n")
                        .build()))
                .isInstanceOf(DataPlaneException.class)
                .hasMessageNotContaining("SECRET");
        assertThat(redis.events()).contains("refused `set ssl cert`").doesNotContain("SECRET");
        assertThat(redis.haproxyLog()).doesNotContain("SECRET");
    }

    // ---- what the pods are

    private TestPod pod(String name) throws Exception {
        TestPod pod = new TestPod(directory.resolve(name));
        open.add(pod);
        return pod;
    }

    private void callers(Protocol protocol) throws Exception {
        www.apply(callerOf(ca, "www", wwwPort, protocol, redis.endpoint()).build());
        cron.apply(callerOf(ca, "cron", cronPort, protocol, redis.endpoint()).build());
    }

    private Snapshots callerOf(TestCa signer, String name, int port, Protocol protocol, Endpoint... endpoints)
            throws Exception {
        Leaf leaf = signer.leaf(Snapshots.id(name));
        return Snapshots.of(name)
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("redis", port, protocol, endpoints);
    }

    private Snapshots service(Protocol protocol) throws Exception {
        return serviceOf(ca, protocol, ca.certificate());
    }

    private Snapshots serviceOf(TestCa signer, Protocol protocol, String... roots) throws Exception {
        Leaf leaf = signer.leaf(Snapshots.id("redis"));
        return Snapshots.of("redis")
                .speaking(protocol)
                .onPort(app)
                .at(false, "127.0.0.1")
                .roots(roots)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }

    // ---- what the application does

    private void echo(String address) throws IOException {
        ServerSocket server = new ServerSocket(app, 50, InetAddress.getByName(address));
        open.add(server);
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.startVirtualThread(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException gone) {
                            // the caller left
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private void http() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), app), 50);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        CountDownLatch over = new CountDownLatch(1);
        server.createContext("/", exchange -> {
            byte[] seen = exchange.getRequestHeaders().entrySet().toString().getBytes(US_ASCII);
            exchange.sendResponseHeaders(200, seen.length);
            exchange.getResponseBody().write(seen);
            exchange.close();
        });
        server.createContext("/events", exchange -> stream(exchange, over));
        server.start();
        open.add(() -> {
            over.countDown();
            server.stop(0);
            threads.shutdownNow();
        });
    }

    private static void stream(HttpExchange exchange, CountDownLatch over) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (!over.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write("data\n".getBytes(US_ASCII));
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- what a caller sees

    private Socket talking(int port) throws IOException {
        Socket socket = TestPod.connect(port);
        open.add(socket);
        assertThat(exchange(socket)).isTrue();
        return socket;
    }

    private static boolean answers(int port) {
        try (Socket socket = TestPod.connect(port)) {
            return exchange(socket);
        } catch (IOException refused) {
            return false;
        }
    }

    private static void awaitAnswer(int port) {
        org.awaitility.Awaitility.await().until(() -> answers(port));
    }

    private static boolean exchange(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        return socket.getInputStream().read() == 'x';
    }

    private static String get(int port, String path) throws IOException {
        return get(port, path, "");
    }

    private static String get(int port, String path, String headers) throws IOException {
        try (Socket socket = TestPod.connect(port)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private Socket events(int port) throws IOException {
        Socket socket = TestPod.connect(port);
        open.add(socket);
        socket.getOutputStream().write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
        assertThat(line(socket)).startsWith("HTTP/1.1 200");
        assertThat(hasEvent(socket)).isTrue();
        return socket;
    }

    /** Chunk lengths and headers stand between. */
    private static boolean hasEvent(Socket socket) throws IOException {
        for (int i = 0; i < 10; i++) {
            if (line(socket).equals("data")) {
                return true;
            }
        }
        return false;
    }

    private static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != '\n' && c >= 0;
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static boolean ends(Socket socket) {
        try {
            // Two seconds of events, and an end among them.
            for (int i = 0; i < 40; i++) {
                if (socket.getInputStream().readNBytes(10).length < 10) {
                    return true;
                }
            }
            return false;
        } catch (java.net.SocketTimeoutException still) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
