package io.hamesh.agent.haproxy;

import static io.hamesh.agent.haproxy.Doors.FORGED;
import static io.hamesh.agent.haproxy.Doors.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.haproxy.Doors.Door;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody forges or removes the headers that tell an application who calls. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallerHeadersTest {
    /** Every character of a name (RFC 9110, `tchar`) that is no letter and no digit. */
    private static final String SEPARATORS = "!#$%&'*+-.^_`|~";

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
    void applicationIsNotToldToForgetTheCaller(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        doors.get(door, "Connection: keep-alive, X-Forwarded-Client-Cert, x-kept\r\nX-Kept: yes\r\n");
        assertThat(doors.app.seen())
                .singleElement()
                .asString()
                .doesNotContain("connection:")
                .contains("x-kept: yes");
        if (door != Door.UNSECURED) {
            assertThat(doors.app.seen().getFirst())
                    .contains("uri=" + Snapshots.id("www").uri());
        }
    }

    @ParameterizedTest
    @EnumSource
    void spellingsThatReadTheSameAreTakenOff(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        String names = SEPARATORS
                .chars()
                .mapToObj(Character::toString)
                .map(c -> String.join(c, "X", "Forwarded", "Client", "Cert: forged\r\n")
                        + String.join(c, "X", "Hamesh", "Identity: forged\r\n"))
                .collect(Collectors.joining());
        doors.get(
                door,
                names + "X-For_warded: kept\r\nX-Hameshed: kept\r\nX-Forwarded-For: 192.0.2.1\r\nForwarded: for=x\r\n");
        assertThat(doors.app.seen())
                .singleElement()
                .asString()
                .contains("x-for_warded: kept", "x-hameshed: kept", "x-forwarded-for: 192.0.2.1", "forwarded: for=x");
        doors.nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void trailersSayNothing(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        try (Socket socket = doors.connect(door)) {
            String request =
                    "POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-Forwarded-Client-Cert\r\nTransfer-Encoding: chunked\r\n"
                            + "\r\n2\r\nab\r\n0\r\n" + FORGED + "\r\n";
            assertThat(head(socket, request)).startsWith("HTTP/1.1 200");
        }
        assertThat(doors.app.seen()).contains("trailers: \r\n").noneMatch(seen -> seen.contains("trailer: "));
        doors.nothingForged();
    }

    @ParameterizedTest
    @EnumSource(names = "UPSTREAM")
    void trailersSayNothingOverHttp2(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        try (H2Client h2 = new H2Client(doors.port(door))) {
            h2.headers(false, List.of(":method", "POST", ":scheme", "http", ":path", "/", ":authority", "x"));
            h2.data("ab");
            h2.headers(true, List.of("x-forwarded-client-cert", "forged"));
            assertThat(h2.next()).startsWith("200 ");
        }
        assertThat(doors.app.seen()).contains("trailers: \r\n");
        doors.nothingForged();
    }

    @ParameterizedTest
    @EnumSource
    void answersOfTheSidecarAreToldFromTheApplications(Door door) throws Exception {
        doors.start(Protocol.HTTP, List.of());
        assertThat(doors.get(door, "")).startsWith("HTTP/1.1 200").doesNotContain("hamesh");
        doors.deny();
        if (door == Door.UNSECURED) {
            assertThat(doors.get(door, "")).startsWith("HTTP/1.1 200");
        } else {
            assertThat(doors.get(door, "")).startsWith("HTTP/1.1 403").contains("x-hamesh-denied: intention");
        }
    }
}
