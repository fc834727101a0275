package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody tells an application that he is another: on the mesh port (a member without our sidecar, raw bytes inside TLS),
 * by way of his sidecar's upstream, and on the unsecured port. The application is a {@link HeedlessApp}.
 */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BorrowedIdentityTest {
    private static final String FORGED = "X-Forwarded-Client-Cert: URI=spiffe://forged\r\n";

    /** Every character of a name (RFC 9110, `tchar`) that is no letter and no digit. */
    private static final String SEPARATORS = "!#$%&'*+-.^_`|~";

    enum Door {
        INBOUND,
        UPSTREAM,
        UNSECURED;

        /** Strangers may speak HTTP/2 only to an application that does. */
        boolean takesHttp2BesideHttp1() {
            return this != UNSECURED;
        }
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final int appPort = FreePorts.next();
    private final int rawPort = FreePorts.next();
    private final int upstreamPort = FreePorts.next();
    private final int unsecuredPort = FreePorts.next();
    private String root;
    private Leaf serviceLeaf;
    private Leaf callerLeaf;
    private HeedlessApp app;
    private TestPod service;
    private TestPod caller;

    @BeforeAll
    void pods(@TempDir Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        root = ca.certificate();
        serviceLeaf = ca.leaf(Snapshots.id("api"));
        callerLeaf = ca.leaf(Snapshots.id("www"));
        app = closing(new HeedlessApp(appPort));
        service = closing(new TestPod(directory.resolve("api")));
        caller = closing(new TestPod(directory.resolve("www")));
    }

    @BeforeEach
    void forget() {
        app.forget();
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectOpensNoTunnel(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        try (Socket socket = connect(door)) {
            assertThat(head(socket, "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n"))
                    .startsWith("HTTP/1.1 403")
                    .contains("x-hamesh-denied: connect");
            // What would have been inside the tunnel is a request like any other, where the connection goes on at all.
            assertThat(after(socket, "GET /inner HTTP/1.1\r\nHost: x\r\n" + FORGED + "\r\n"))
                    .matches(answer -> answer.isEmpty() || answer.startsWith("HTTP/1.1 200"));
        }
        assertThat(app.seen()).allMatch(seen -> seen.startsWith("get /inner"));
        nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void connectOverHttp2OpensNoTunnel(Door door) throws Exception {
        start(door.takesHttp2BesideHttp1() ? Protocol.HTTP : Protocol.HTTP2, List.of());
        List<String> plain = List.of(":method", "CONNECT", ":authority", "x:80");
        Stream.concat(
                        Stream.of(plain),
                        Stream.of("tcp", "", "websocket,tcp", "connect-udp").map(BorrowedIdentityTest::extended))
                .forEach(connect -> refused(door, connect));
        assertThat(app.seen()).isEmpty();
    }

    /** Refused before the application, so it need not speak HTTP/2 here. */
    @ParameterizedTest
    @EnumSource
    void connectIsRefusedWhereTheApplicationSpeaksHttp2Alone(Door door) throws Exception {
        start(Protocol.GRPC, List.of());
        refused(door, List.of(":method", "CONNECT", ":authority", "x:80"));
        refused(door, extended("tcp"));
        assertThat(app.seen()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void webSocketStays(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        try (Socket socket = connect(door)) {
            assertThat(head(socket, upgrade("websocket"))).startsWith("HTTP/1.1 101");
            socket.getOutputStream().write("hi".getBytes(ISO_8859_1));
            await().until(() -> app.seen().contains("upgraded: hi"));
        }
        nothingForged();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNSECURED")
    void webSocketStaysOverHttp2(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        try (TestH2 h2 = new TestH2(port(door))) {
            h2.headers(false, extended("websocket"));
            assertThat(h2.next()).startsWith("200 ");
            h2.data("ho");
            await().until(() -> app.seen().contains("upgraded: ho"));
        }
        nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void otherUpgradesAreTakenOffAndTheRequestGoesOn(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        for (String token : List.of("h2c", "TLS/1.2", "tcp", "tcp, h2c", "websocket2")) {
            try (Socket socket = connect(door)) {
                String request =
                        upgrade(token).replace("/upgrade", "/").replace("Upgrade\r\n", "Upgrade, HTTP2-Settings\r\n");
                assertThat(head(socket, request)).startsWith("HTTP/1.1 200");
            }
            assertThat(app.seen()).singleElement().asString().doesNotContain("upgrade", "http2-settings");
            app.forget();
        }
    }

    /** HAProxy would open the tunnel, because it saw the request with its `Upgrade`. */
    @ParameterizedTest
    @EnumSource
    void upgradeThatWasTakenOffIsNotBelieved(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        try (Socket socket = connect(door)) {
            assertThat(head(socket, upgrade("tcp"))).startsWith("HTTP/1.1 50");
        }
    }

    @ParameterizedTest
    @EnumSource
    void upgradesThatThePodAsksForPass(Door door) throws Exception {
        start(Protocol.HTTP, List.of("tcp", "SPDY/3.1"));
        for (String token : List.of("tcp", "spdy/3.1", "foo, tcp")) {
            try (Socket socket = connect(door)) {
                assertThat(head(socket, upgrade(token))).startsWith("HTTP/1.1 101");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNSECURED")
    void upgradesThatThePodAsksForPassOverHttp2(Door door) throws Exception {
        start(Protocol.HTTP, List.of("tcp", "SPDY/3.1"));
        try (TestH2 h2 = new TestH2(port(door))) {
            h2.headers(false, extended("tcp"));
            assertThat(h2.next()).startsWith("200 ");
        }
        refused(door, extended("udp"));
    }

    @ParameterizedTest
    @EnumSource
    void applicationIsNotToldToForgetTheCaller(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        get(door, "Connection: keep-alive, X-Forwarded-Client-Cert, x-kept\r\nX-Kept: yes\r\n");
        assertThat(app.seen())
                .singleElement()
                .asString()
                .doesNotContain("connection:")
                .contains("x-kept: yes");
        if (door != Door.UNSECURED) {
            assertThat(app.seen().getFirst())
                    .contains("uri=" + Snapshots.id("www").uri());
        }
    }

    @ParameterizedTest
    @EnumSource
    void spellingsThatReadTheSameAreTakenOff(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        String names = SEPARATORS
                .chars()
                .mapToObj(Character::toString)
                .map(c -> String.join(c, "X", "Forwarded", "Client", "Cert: forged\r\n")
                        + String.join(c, "X", "Hamesh", "Identity: forged\r\n"))
                .collect(Collectors.joining());
        get(
                door,
                names + "X-For_warded: kept\r\nX-Hameshed: kept\r\nX-Forwarded-For: 192.0.2.1\r\nForwarded: for=x\r\n");
        assertThat(app.seen())
                .singleElement()
                .asString()
                .contains("x-for_warded: kept", "x-hameshed: kept", "x-forwarded-for: 192.0.2.1", "forwarded: for=x");
        nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void trailersSayNothing(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        try (Socket socket = connect(door)) {
            String request =
                    "POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-Forwarded-Client-Cert\r\nTransfer-Encoding: chunked\r\n"
                            + "\r\n2\r\nab\r\n0\r\n" + FORGED + "\r\n";
            assertThat(head(socket, request)).startsWith("HTTP/1.1 200");
        }
        assertThat(app.seen()).contains("trailers: \r\n").noneMatch(seen -> seen.contains("trailer: "));
        nothingForged();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNSECURED")
    void trailersSayNothingOverHttp2(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        try (TestH2 h2 = new TestH2(port(door))) {
            h2.headers(false, List.of(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "x"));
            h2.data("ab");
            h2.headers(true, List.of("x-forwarded-client-cert", "forged"));
            assertThat(h2.next()).startsWith("200 ");
        }
        assertThat(app.seen()).contains("trailers: \r\n");
        nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void answersOfTheSidecarAreToldFromTheApplications(Door door) throws Exception {
        start(Protocol.HTTP, List.of());
        assertThat(get(door, "")).startsWith("HTTP/1.1 200").doesNotContain("hamesh");
        service.apply(service(Protocol.HTTP, List.of()).deny("www").build());
        if (door == Door.UNSECURED) {
            assertThat(get(door, "")).startsWith("HTTP/1.1 200");
        } else {
            assertThat(get(door, "")).startsWith("HTTP/1.1 403").contains("x-hamesh-denied: intention");
        }
    }

    private void nothingForged() {
        assertThat(app.seen()).noneMatch(seen -> seen.contains("forged"));
    }

    private void refused(Door door, List<String> headers) {
        try (TestH2 h2 = new TestH2(port(door))) {
            h2.headers(false, headers);
            assertThat(h2.next()).as("%s", headers).contains("403", "x-hamesh-denied", "connect");
            h2.data("GET /inner HTTP/1.1\r\nHost: x\r\n" + FORGED + "\r\n");
            assertThat(h2.isSilent()).isTrue();
        } catch (IOException e) {
            throw new AssertionError(headers.toString(), e);
        }
    }

    private static List<String> extended(String token) {
        return List.of(
                ":method", "CONNECT", ":protocol", token, ":scheme", "http", ":path", "/upgrade", ":authority", "x");
    }

    private static String upgrade(String token) {
        return "GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: " + token
                + "\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }

    private String get(Door door, String headers) throws IOException {
        try (Socket socket = connect(door)) {
            return head(socket, "GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
        }
    }

    /** The head of the answer; a body of two bytes is read with it. */
    private static String head(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        if (head.toString().contains("content-length: 2\r\n")) {
            socket.getInputStream().readNBytes(2);
        }
        return head.toString();
    }

    /** Empty where the connection has ended. */
    private static String after(Socket socket, String request) {
        try {
            return head(socket, request);
        } catch (IOException reset) {
            return "";
        }
    }

    private Socket connect(Door door) throws IOException {
        return TestPod.connect(port(door));
    }

    private int port(Door door) {
        return switch (door) {
            case INBOUND -> rawPort;
            case UPSTREAM -> upstreamPort;
            case UNSECURED -> unsecuredPort;
        };
    }

    /** The caller's pod asks for the same upgrades: each pod says what its own sidecar lets pass. */
    private void start(Protocol protocol, List<String> upgrades) throws Exception {
        service.apply(service(protocol, upgrades).allow("www").build());
        caller.apply(Snapshots.of("www")
                .clientOnly()
                .upgrades(upgrades)
                .at(false, "127.0.0.1")
                .roots(root)
                .leaf(callerLeaf.certificatePem(), callerLeaf.privateKeyPem())
                .calling("api", upstreamPort, protocol, service.endpoint())
                .calling("api", rawPort, Protocol.TCP, service.endpoint())
                .build());
    }

    private Snapshots service(Protocol protocol, List<String> upgrades) {
        return Snapshots.of("api")
                .speaking(protocol)
                .onPort(appPort)
                .unsecured(unsecuredPort)
                .upgrades(upgrades)
                .at(false, "127.0.0.1")
                .roots(root)
                .leaf(serviceLeaf.certificatePem(), serviceLeaf.privateKeyPem());
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }
}
