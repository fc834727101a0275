package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kubelet's probes by way of the real HAProxy, to an application on loopback; and what else tries that way. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealProbesTest {
    private static final String READINESS = "/probe/www/readiness";

    private static final String SECRET = "X-Hamesh-Probe: " + Snapshots.SECRET.value() + "\r\n";

    private final List<AutoCloseable> open = new ArrayList<>();

    /** Each request that the application got: its first line and its headers. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private TestCa ca;
    private TestPod pod;
    private int app;

    @BeforeEach
    void pods(@TempDir Path directory) throws Exception {
        ca = new TestCa(directory, "ca");
        pod = new TestPod(directory.resolve("pod"));
        open.add(pod);
        app = FreePorts.next();
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void probeReachesTheApplicationAsTheKubeletWouldHaveSentIt() throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/he%20alth?full='1'&x=(a,b)!*", List.of("x-token")));
        String answer = get(READINESS, "X-Token: t");
        assertThat(answer).startsWith("HTTP/1.1 201").endsWith("\r\n\r\nwell\n");
        assertThat(seen)
                .singleElement()
                .asString()
                .startsWith("GET /he%20alth?full='1'&x=(a,b)!* ")
                .contains(
                        "Host=[127.0.0.1:" + app + "]", "X-token=[t]", "User-agent=[kube-probe/1.34]", "Accept=[*/*]");
    }

    @Test
    void hostThatTheProbeSetsIsKept() throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/", List.of("host")));
        get(READINESS, "Host: shop.example");
        assertThat(seen).singleElement().asString().contains("Host=[shop.example]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /probe/www/readiness?x=1 HTTP/1.1",
                "GET /probe/www/readiness? HTTP/1.1",
                "GET /probe/www/readiness/ HTTP/1.1",
                "GET /probe/www/readiness;a HTTP/1.1",
                "GET /probe/www/readiness/../readiness HTTP/1.1",
                "GET /probe/www/../www/readiness HTTP/1.1",
                "GET //probe/www/readiness HTTP/1.1",
                "GET /probe/www/%72eadiness HTTP/1.1",
                "GET /PROBE/www/readiness HTTP/1.1",
                "GET http://x/probe/www/readiness HTTP/1.1",
                "GET /probe/www/readiness#a HTTP/1.1",
                "GET /probe/www/liveness HTTP/1.1",
                "GET /probe/ HTTP/1.1",
                "GET /health HTTP/1.1",
                "GET / HTTP/1.1",
                "GET /probe/www/readiness HTTP/1.0",
                "get /probe/www/readiness HTTP/1.1",
                "HEAD /probe/www/readiness HTTP/1.1",
                "POST /probe/www/readiness HTTP/1.1",
                "PUT /probe/www/readiness HTTP/1.1",
                "OPTIONS /probe/www/readiness HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "CONNECT 127.0.0.1:80 HTTP/1.1",
            })
    void nothingButTheProbeComesThrough(String line) throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/health", List.of()));
        assertThat(ask(line + "\r\nHost: x\r\n" + SECRET + "Connection: close\r\n\r\n"))
                .containsPattern("^HTTP/1.1 40[04] ");
        assertThat(seen).isEmpty();
        assertThat(get(READINESS, "Host: x")).as("the control").startsWith("HTTP/1.1 201");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\n\r\nhello",
                "Content-Length: 0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            })
    void noBodyComesThrough(String rest) throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/health", List.of()));
        assertThat(ask("GET /probe/www/readiness HTTP/1.1\r\nHost: x\r\n" + SECRET + "Connection: close\r\n" + rest))
                .startsWith("HTTP/1.1 404");
        assertThat(seen).isEmpty();
    }

    @Test
    void headersThatNoProbeHasStayOutside() throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/health", List.of("x-token")));
        String answer = get(
                READINESS,
                "Host: evil",
                "Cookie: a=b",
                "Authorization: Basic eA==",
                "X-Token: t",
                "X_Token: u",
                "X-Token2: v",
                "X-Forwarded-Client-Cert: URI=spiffe://forged",
                "Upgrade: websocket",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Expect: 100-continue");
        assertThat(answer).startsWith("HTTP/1.1 201");
        assertThat(seen)
                .singleElement()
                .asString()
                .contains("X-token=[t]")
                .doesNotContainIgnoringCase("evil")
                .doesNotContainIgnoringCase("cookie")
                .doesNotContainIgnoringCase("authorization")
                .doesNotContainIgnoringCase("x_token")
                .doesNotContainIgnoringCase("x-token2")
                .doesNotContainIgnoringCase("forged")
                .doesNotContainIgnoringCase("upgrade")
                .doesNotContainIgnoringCase("websocket")
                .doesNotContainIgnoringCase("expect");
    }

    @Test
    void secondRequestOfAConnectionIsJudgedLikeTheFirst() throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/health", List.of()));
        String next = "GET /secret HTTP/1.1\r\nHost: x\r\n" + SECRET + "Connection: close\r\n\r\n";
        String answers = ask("GET " + READINESS + " HTTP/1.1\r\nHost: x\r\n" + SECRET + "\r\n" + next);
        assertThat(answers).startsWith("HTTP/1.1 201").contains("HTTP/1.1 404");
        assertThat(seen).hasSize(1);
    }

    @Test
    void redirectIsTheAnswerAndLeadsNowhere() throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/redirect", List.of()));
        assertThat(get(READINESS, "Host: x")).startsWith("HTTP/1.1 302").doesNotContainIgnoringCase("location:");
    }

    @Test
    void applicationOnIpv6LoopbackAloneIsAsked() throws Exception {
        http("::1");
        applied(Kind.READINESS, new Http(false, app, "/", List.of()));
        assertThat(get(READINESS, "Host: x")).startsWith("HTTP/1.1 201");
        applied(Kind.READINESS, new Tcp(app));
        assertThat(get(READINESS, "Host: x")).startsWith("HTTP/1.1 200");
    }

    @Test
    void absentApplicationFailsTheProbeAtOnceAndAHookByALostConnection() throws Exception {
        applied(Kind.READINESS, new Http(false, app, "/", List.of()));
        assertThat(get(READINESS, "Host: x")).startsWith("HTTP/1.1 503");
        applied(Kind.PRE_STOP, new Http(false, app, "/", List.of()));
        assertThat(get("/probe/www/pre-stop", "Host: x")).isEmpty();
    }

    @Test
    void tcpProbeIsAConnectOfItsOwnAndNothingIsSent() throws Exception {
        ServerSocket server = new ServerSocket(app, 50, InetAddress.getLoopbackAddress());
        open.add(server);
        server.setSoTimeout(5000);
        applied(Kind.READINESS, new Tcp(app));
        for (int i = 0; i < 2; i++) {
            assertThat(get(READINESS, "Host: x")).startsWith("HTTP/1.1 200");
            try (Socket probe = server.accept()) {
                probe.setSoTimeout(5000);
                assertThat(probe.getInputStream().readAllBytes()).isEmpty();
            }
        }
        server.close();
        assertThat(get(READINESS, "Host: x")).startsWith("HTTP/1.1 503");
    }

    @Test
    void probesAreAnsweredByAHaproxyThatWasStartedAnew() throws Exception {
        http("127.0.0.1");
        applied(Kind.READINESS, new Http(false, app, "/", List.of()));
        pod.restartHaproxy();
        org.awaitility.Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(get(READINESS, "Host: x"))
                .startsWith("HTTP/1.1 201"));
    }

    @Test
    void whoDoesNotShowTheSecretRunsNoHookAndNoProbe() throws Exception {
        http("127.0.0.1");
        for (Kind kind : Kind.values()) {
            applied(kind, new Http(false, app, "/", List.of()));
            String line = "GET /probe/www/" + kind.id() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
            assertThat(ask(line + "\r\n")).startsWith("HTTP/1.1 404");
            assertThat(ask(line + "X-Hamesh-Probe: " + "0".repeat(32) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 404");
            assertThat(seen).isEmpty();
            assertThat(ask(line + SECRET + "\r\n")).as("the control").startsWith("HTTP/1.1 201");
            assertThat(seen.removeFirst()).doesNotContainIgnoringCase("x-hamesh-probe");
        }
    }

    private void applied(Kind kind, io.hamesh.model.ProbeTarget target) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("www"));
        pod.apply(Snapshots.of("www")
                .speaking(Protocol.HTTP)
                .onPort(app)
                .at(true, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .probed("www", kind, target)
                .build());
    }

    private void http(String address) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), app), 50);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        open.add(() -> {
            server.stop(0);
            threads.shutdownNow();
        });
    }

    private void answer(HttpExchange exchange) throws IOException {
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().entrySet());
        boolean redirect = exchange.getRequestURI().getPath().equals("/redirect");
        exchange.getResponseHeaders().add("Location", "/login");
        exchange.sendResponseHeaders(redirect ? 302 : 201, 5);
        exchange.getResponseBody().write("well\n".getBytes(ISO_8859_1));
        exchange.close();
    }

    /** As the kubelet asks, with more headers. */
    private String get(String path, String... headers) throws IOException {
        String host = String.join("", headers).contains("Host: ") ? "" : "Host: 10.244.0.7:20200\r\n";
        return ask("GET " + path + " HTTP/1.1\r\n" + host + String.join("\r\n", headers) + "\r\n" + SECRET
                + "User-Agent: kube-probe/1.34\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    }

    private String ask(String request) throws IOException {
        try (Socket socket = TestPod.connect(pod.layout.opsPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
