package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.model.ProxySettings;
import io.hamesh.testbed.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Somebody outside the mesh opens all the connections to a pod's ports that he gets: `www` calls `redis` meanwhile. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealMeshBoundsTest {
    /** Of 120 connections the upstreams keep 10, strangers have 50, one source at most 100, and 40 unfinished handshakes. */
    private static final ProxySettings FEW =
            new ProxySettings(120, OptionalInt.of(30), Optional.of(Snapshots.SECRET), false);

    private static final int FROM_OUTSIDE = 110;
    private static final int UNFINISHED = 40;
    private static final int OF_STRANGERS = 50;

    /** Large transfers of one source. */
    private static final int OF_SOURCE_BY_FOURS = 25;

    private static final String STRANGER = "127.0.0.2";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final int wwwPort = FreePorts.next();
    private final int unsecured = FreePorts.next();
    private TestCa ca;
    private TestApp application;
    private TestPod redis;
    private TestPod www;

    @BeforeEach
    void pods(@TempDir Path directory) throws Exception {
        ca = new TestCa(directory, "ca");
        application = new TestApp(FreePorts.next());
        open.add(application);
        redis = new TestPod(directory.resolve("redis"));
        open.add(redis);
        www = new TestPod(directory.resolve("www"));
        open.add(www);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void silentSourceKeepsNobodyElseOutOfTheMeshPort() throws Exception {
        application.echo("127.0.0.1");
        apply(Protocol.TCP);
        TestCaller.awaitAnswer(wwwPort);
        Attacker silent = attacker(redis.layout.inboundPort());
        silent.hold(FROM_OUTSIDE + 20, STRANGER);
        assertThat(silent.open()).isBetween(1L, (long) UNFINISHED);
        assertThat(redis.applier.refusedConnections())
                .as("a full sidecar says so")
                .isGreaterThanOrEqualTo(90);
        assertThat(TestCaller.answers(wwwPort)).isTrue();
        await("a handshake that never comes").atMost(Duration.ofSeconds(15)).until(() -> silent.open() == 0);
    }

    @Test
    void manySourcesLeaveThePodItsUpstreamsAndItsReadiness() throws Exception {
        application.echo("127.0.0.1");
        apply(Protocol.TCP);
        TestCaller.awaitAnswer(wwwPort);
        Attacker many = attacker(www.layout.inboundPort());
        for (int source = 0; source < 5; source++) {
            many.hold(UNFINISHED, "127.0.1." + (1 + source));
        }
        assertThat(many.open()).isBetween(FROM_OUTSIDE - 10L, (long) FROM_OUTSIDE + 1);
        assertThat(TestCaller.answers(wwwPort)).isTrue();
        assertThat(TestCaller.get(www.layout.opsPort(), "/ready")).startsWith("HTTP/1.1 200");
    }

    /** What a reload leaves open stays open, and counts: both workers live in one container's memory. */
    @Test
    void connectionsOfAWorkerThatAReloadLeftBehindCount() throws Exception {
        application.echo("127.0.0.1");
        apply(Protocol.TCP);
        Attacker before = attacker(unsecured);
        before.hold(20, "127.0.1.1");
        redis.apply(pod("redis", Protocol.TCP)
                .unsecured(unsecured)
                .calling("other", FreePorts.next(), Protocol.TCP)
                .allow("www")
                .build());
        assertThat(redis.applier.reloads()).isEqualTo(2);
        Attacker after = attacker(unsecured);
        for (int source = 0; source < 5; source++) {
            after.hold(20, "127.0.2." + (1 + source));
        }
        assertThat(before.open()).isEqualTo(20);
        assertThat(after.open())
                .as("of %s, beside those in the old worker", OF_STRANGERS)
                .isBetween(OF_STRANGERS - 30L, OF_STRANGERS - 20 + 1L);

        before.close();
        await("the old worker's end").atMost(Duration.ofSeconds(10)).until(() -> {
            redis.applier.refresh();
            Attacker again = attacker(unsecured);
            again.hold(10, "127.0.3.1");
            boolean taken = again.open() == 10;
            again.close();
            return taken;
        });
    }

    @Test
    void sourceHasItsShareOfTheUnsecuredPort() throws Exception {
        application.http();
        apply(Protocol.HTTP);
        Attacker slow = attacker(unsecured);
        slow.hold(60, STRANGER, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        assertThat(slow.open()).isBetween(1L, 30L);
        assertThat(TestCaller.get(unsecured, "/")).startsWith("HTTP/1.1 200");
    }

    /** Whatever strangers hold, callers of the mesh have the greater part. */
    @Test
    void manyStrangersLeaveTheMeshItsShare() throws Exception {
        application.echo("127.0.0.1");
        apply(Protocol.TCP);
        TestCaller.awaitAnswer(wwwPort);
        Attacker many = attacker(unsecured);
        for (int source = 0; source < 5; source++) {
            many.hold(20, "127.0.1." + (1 + source));
        }
        assertThat(many.open()).isBetween(OF_STRANGERS - 10L, OF_STRANGERS + 1L);
        assertThat(TestCaller.answers(wwwPort)).isTrue();
    }

    /** Who reads nothing of a large answer fills three buffers, where an event stream mostly has none. */
    @Test
    void largeAnswersCountFourfold() throws Exception {
        application.http();
        apply(Protocol.HTTP);
        assertThat(TestCaller.get(wwwPort, "/")).startsWith("HTTP/1.1 200");
        Attacker member = attacker(wwwPort);
        member.hold(OF_SOURCE_BY_FOURS + 10, "127.0.0.1", "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        List<String> answers = member.statuses();
        assertThat(answers.stream().filter("200"::equals))
                .as("open")
                .hasSizeBetween(OF_SOURCE_BY_FOURS - 8, OF_SOURCE_BY_FOURS);
        assertThat(answers).as("what is above is refused").contains("503").containsOnly("200", "503");
        assertThat(redis.applier.refusedConnections())
                .as("a full sidecar says so")
                .isGreaterThanOrEqualTo(answers.stream().filter("503"::equals).count());

        Attacker stranger = attacker(unsecured);
        stranger.hold(1, STRANGER, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(stranger.statuses()).as("others are answered").containsExactly("200");
        member.close();

        Attacker quiet = attacker(wwwPort);
        await("the control: event streams count once")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> {
                    quiet.close();
                    quiet.hold(OF_SOURCE_BY_FOURS + 10, "127.0.0.1", "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
                    assertThat(quiet.statuses()).containsOnly("200");
                });
    }

    /** The same of requests whose application does not read them. */
    @Test
    void largeRequestsCountFourfold() throws Exception {
        application.silent();
        apply(Protocol.HTTP);
        Attacker stranger = attacker(unsecured);
        stranger.hold(20, STRANGER, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
        await("30 of one source, by fours, and those that were refused")
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(stranger.unanswered()).isBetween(3L, 7L));
    }

    @Test
    void http2ByPrefaceIsForServicesThatSpeakIt() throws Exception {
        application.http();
        apply(Protocol.HTTP);
        Attacker preface = attacker(unsecured);
        preface.hold(1, STRANGER, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        await().atMost(Duration.ofSeconds(3)).until(() -> preface.open() == 0);
    }

    /** Also where the handshake settled something else: what comes inside TLS is the caller's. */
    @Test
    void http2ByPrefaceDoesNotPassTheMeshPort() throws Exception {
        application.http();
        apply(Protocol.HTTP);
        www.apply(pod("www", Protocol.HTTP)
                .calling("redis", wwwPort, Protocol.TCP, redis.endpoint())
                .build());
        assertThat(TestCaller.get(wwwPort, "/")).as("the control").startsWith("HTTP/1.1 200");
        Attacker preface = attacker(wwwPort);
        preface.hold(1, "127.0.0.1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
        await().atMost(Duration.ofSeconds(3)).until(() -> preface.open() == 0);
    }

    /** A stranger's denials end his connection, too. */
    @Test
    void denialOnTheUnsecuredPortEndsTheConnection() throws Exception {
        application.http();
        apply(Protocol.HTTP);
        Attacker denied = attacker(unsecured);
        denied.hold(1, STRANGER, "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n");
        await().atMost(Duration.ofSeconds(3)).until(() -> denied.open() == 0);
    }

    /** One connection hides a hundred streams, which an application that never answers keeps. */
    @Test
    void streamsOverHttp2CountLikeConnections() throws Exception {
        application.silent();
        apply(Protocol.HTTP2);
        Socket one = Attacker.connect(unsecured, STRANGER);
        open.add(one);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        said.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1));
        for (int stream = 1; stream < 2 * 50; stream += 2) {
            // GET http://x/, by HPACK's own indexes
            said.writeBytes(new byte[] {0, 0, 6, 1, 5, 0, 0, 0, (byte) stream, (byte) 0x82, (byte) 0x86, (byte) 0x84});
            said.writeBytes(new byte[] {0x41, 1, 'x'});
        }
        one.getOutputStream().write(said.toByteArray());
        String answers = answers(one);
        assertThat(answers.split("x-hamesh-denied", -1))
                .as("denied of 50, where 30 may be open")
                .hasSize(1 + 20);
    }

    /** All that comes within two seconds. */
    private static String answers(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketTimeoutException over) {
            return all.toString(ISO_8859_1);
        }
        return all.toString(ISO_8859_1);
    }

    private Attacker attacker(int port) {
        Attacker attacker = new Attacker(port);
        open.add(attacker);
        return attacker;
    }

    /** Both pods have few connections; each has an application, so that its mesh port takes callers. */
    private void apply(Protocol protocol) throws Exception {
        redis.apply(pod("redis", protocol).unsecured(unsecured).allow("www").build());
        www.apply(pod("www", protocol)
                .calling("redis", wwwPort, protocol, redis.endpoint())
                .build());
    }

    private Snapshots pod(String name, Protocol protocol) throws IOException, InterruptedException {
        Leaf leaf = ca.leaf(Snapshots.id(name));
        return Snapshots.of(name)
                .speaking(protocol)
                .onPort(application.port())
                .at(false, "127.0.0.1")
                .proxy(FEW)
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }
}
