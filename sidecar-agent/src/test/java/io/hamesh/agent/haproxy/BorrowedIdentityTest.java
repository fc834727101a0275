package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.Doors.FORGED;
import static io.hamesh.agent.haproxy.Doors.head;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.haproxy.Doors.Door;
import io.hamesh.model.Protocol;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
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

/** Somebody has HAProxy carry requests that it does not see, in which he tells an application that he is another. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BorrowedIdentityTest {
    private Doors doors;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        doors = new Doors(directory);
    }

    @BeforeEach
    void forget() {
        doors.app.forget();
    }

    @AfterAll
    void close() throws Exception {
        doors.close();
    }

    @ParameterizedTest
    @EnumSource
    void connectOpensNoTunnel(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        try (Socket socket = doors.connect(door)) {
            assertThat(head(socket, "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n"))
                    .startsWith("HTTP/1.1 403")
                    .contains("x-hamesh-denied: connect");
            // What would have been inside the tunnel is a request like any other, where the connection goes on at all.
            assertThat(after(socket, "GET /inner HTTP/1.1\r\nHost: x\r\n" + FORGED + "\r\n"))
                    .matches(answer -> answer.isEmpty() || answer.startsWith("HTTP/1.1 200"));
        }
        assertThat(doors.app.seen()).allMatch(seen -> seen.startsWith("get /inner"));
        doors.nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void connectOverHttp2OpensNoTunnel(Door door) throws Exception {
        doors.start(door.takesHttp2BesideHttp1() ? Protocol.HTTP : Protocol.HTTP2, List.of());
        List<String> plain = List.of(":method", "CONNECT", ":authority", "x:80");
        Stream.concat(
                        Stream.of(plain),
                        Stream.of("tcp", "", "websocket,tcp", "connect-udp").map(BorrowedIdentityTest::extended))
                .forEach(connect -> refused(door, connect));
        assertThat(doors.app.seen()).isEmpty();
    }

    /** Refused before the application, so it need not speak HTTP/2 here. */
    @ParameterizedTest
    @EnumSource
    void connectIsRefusedWhereTheApplicationSpeaksHttp2Alone(Door door) throws Exception {
        doors.start(Protocol.GRPC, List.of());
        refused(door, List.of(":method", "CONNECT", ":authority", "x:80"));
        refused(door, extended("tcp"));
        assertThat(doors.app.seen()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void webSocketStays(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        try (Socket socket = doors.connect(door)) {
            assertThat(head(socket, upgrade("websocket"))).startsWith("HTTP/1.1 101");
            socket.getOutputStream().write("hi".getBytes(ISO_8859_1));
            await().until(() -> doors.app.seen().contains("upgraded: hi"));
        }
        doors.nothingForged();
    }

    @ParameterizedTest
    @EnumSource(names = "UPSTREAM")
    void webSocketStaysOverHttp2(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        try (H2Client h2 = new H2Client(doors.port(door))) {
            h2.headers(false, extended("websocket"));
            assertThat(h2.next()).startsWith("200 ");
            h2.data("ho");
            await().until(() -> doors.app.seen().contains("upgraded: ho"));
        }
        doors.nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void otherUpgradesAreTakenOffAndTheRequestGoesOn(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        for (String token : List.of("h2c", "TLS/1.2", "tcp", "tcp, h2c", "websocket2")) {
            try (Socket socket = doors.connect(door)) {
                String request =
                        upgrade(token).replace("/upgrade", "/").replace("Upgrade\r\n", "Upgrade, HTTP2-Settings\r\n");
                assertThat(head(socket, request)).startsWith("HTTP/1.1 200");
            }
            assertThat(doors.app.seen()).singleElement().asString().doesNotContain("upgrade", "http2-settings");
            doors.app.forget();
        }
    }

    /** HAProxy would open the tunnel, because it saw the request with its `Upgrade`. */
    @ParameterizedTest
    @EnumSource
    void upgradeThatWasTakenOffIsNotBelieved(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        try (Socket socket = doors.connect(door)) {
            assertThat(head(socket, upgrade("tcp"))).startsWith("HTTP/1.1 50");
        }
    }

    @ParameterizedTest
    @EnumSource
    void upgradesThatThePodAsksForPass(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of("tcp", "SPDY/3.1"));
        for (String token : List.of("tcp", "spdy/3.1", "foo, tcp")) {
            try (Socket socket = doors.connect(door)) {
                assertThat(head(socket, upgrade(token))).startsWith("HTTP/1.1 101");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "UPSTREAM")
    void upgradesThatThePodAsksForPassOverHttp2(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of("tcp", "SPDY/3.1"));
        try (H2Client h2 = new H2Client(doors.port(door))) {
            h2.headers(false, extended("tcp"));
            assertThat(h2.next()).startsWith("200 ");
        }
        refused(door, extended("udp"));
    }

    private void refused(Door door, List<String> headers) {
        try (H2Client h2 = new H2Client(doors.port(door))) {
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

    /** Empty where the connection has ended. */
    private static String after(Socket socket, String request) {
        try {
            return head(socket, request);
        } catch (IOException reset) {
            return "";
        }
    }
}
