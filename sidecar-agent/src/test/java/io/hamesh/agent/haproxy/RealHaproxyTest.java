package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.haproxy.config.IntentionMap;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private int wwwPort;
    private int cronPort;
    private TestApp application;
    private final TestCaller caller = new TestCaller();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void pods(@TempDir Path temporary) throws Exception {
        directory = temporary;
        ca = new TestCa(directory, "ca");
        application = new TestApp(FreePorts.next());
        open.add(application);
        open.add(caller);
        wwwPort = FreePorts.next();
        cronPort = FreePorts.next();
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
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).build());
        callers(Protocol.TCP);
        assertThat(TestCaller.answers(wwwPort)).isFalse();

        redis.apply(service(Protocol.TCP).allow("www", "cron").build());
        Socket ofWww = caller.talking(wwwPort);
        Socket ofCron = caller.talking(cronPort);
        redis.apply(service(Protocol.TCP).allow("cron").deny("www").build());
        assertThat(ofWww.getInputStream().read()).isEqualTo(-1);
        assertThat(TestCaller.exchange(ofCron)).isTrue();
        assertThat(TestCaller.answers(wwwPort)).isFalse();
        assertThat(redis.applier.reloads()).isEqualTo(1);
    }

    /** With whom the server speaks first, the caller is still silent when it is refused. */
    @Test
    void eachDeniedConnectionIsLoggedOnceWhetherItsCallerHasSpokenOrNot() throws Exception {
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        callers(Protocol.TCP);
        await().until(() -> www.isChecked("redis_" + wwwPort, redis.endpoint())); // a connection, too
        redis.apply(service(Protocol.TCP).allow("*").deny("www").build());
        for (int i = 1; i <= 5; i++) {
            assertThat(TestPod.connect(wwwPort).getInputStream().read()).isEqualTo(-1);
            assertThat(TestCaller.answers(wwwPort)).isFalse();
            int denied = 2 * i;
            await().until(() -> denials(), lines -> lines >= denied);
        }
        assertThat(denials()).isEqualTo(10);
    }

    /** A caller whose server speaks first is silent when its sidecar finds nobody to connect it to. */
    @Test
    void eachConnectionThatFindsNoEndpointIsLoggedOnceWhetherItsCallerHasSpokenOrNot() throws Exception {
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        for (int i = 1; i <= 5; i++) {
            assertThat(TestPod.connect(wwwPort).getInputStream().read()).isEqualTo(-1);
            assertThat(TestCaller.answers(wwwPort)).isFalse();
            int failed = 2 * i;
            await().until(() -> withoutEndpoint(), lines -> lines >= failed);
        }
        assertThat(withoutEndpoint()).isEqualTo(10);
    }

    /** The server's first byte shows that the endpoint has taken the connection. */
    @Test
    void connectionThatItsCallerNeverUsedIsNotLogged() throws Exception {
        ServerSocket server = new ServerSocket(application.port(), 50, InetAddress.getLoopbackAddress());
        open.add(server);
        List<Socket> greeted = new CopyOnWriteArrayList<>();
        Thread.startVirtualThread(() -> greet(server, greeted));
        redis.apply(service(Protocol.TCP).allow("*").build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP, redis.endpoint()).build());
        for (int i = 0; i < 5; i++) {
            try (Socket silent = TestPod.connect(wwwPort)) {
                assertThat(silent.getInputStream().read()).isEqualTo('+');
            }
        }
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        assertThat(TestPod.connect(wwwPort).getInputStream().read()).isEqualTo(-1);
        await().until(() -> withoutEndpoint() == 1);
        assertThat(logged(www)).isEqualTo(1);
        for (Socket each : greeted) {
            each.close();
        }
    }

    private static void greet(ServerSocket server, List<Socket> greeted) {
        while (!server.isClosed()) {
            try {
                Socket accepted = server.accept();
                greeted.add(accepted);
                accepted.getOutputStream().write('+');
            } catch (IOException gone) {
                // a check, or the test is over
            }
        }
    }

    private long logged(TestPod pod) throws IOException {
        return pod.haproxyLog()
                .lines()
                .filter(line -> line.contains("to_redis_" + wwwPort))
                .count();
    }

    private long withoutEndpoint() throws IOException {
        return www.haproxyLog()
                .lines()
                .filter(line -> line.contains("to_redis_" + wwwPort) && line.contains("<NOSRV>"))
                .count();
    }

    private long denials() throws IOException {
        return redis.haproxyLog()
                .lines()
                .filter(line -> line.contains("\"denied\": \"intention\""))
                .count();
    }

    /** An entry alone is changed by another command than a whole policy. */
    @Test
    void whateverThePolicyWasBeforeTheWholeNewOneIsInForce() throws Exception {
        Snapshots wanted = service(Protocol.TCP);
        redis.apply(wanted.build());
        Random random = new Random(13);
        for (int i = 0; i < 60; i++) {
            wanted.nobody();
            for (String source : List.of("*", "cron", "www", "a.b_c-d")) {
                switch (random.nextInt(3)) {
                    case 0 -> wanted.allow(source);
                    case 1 -> wanted.deny(source);
                    default -> {}
                }
            }
            MeshSnapshot next = wanted.build();
            redis.apply(next);
            assertThat(redis.intentions())
                    .as("policy %d", i)
                    .containsExactlyInAnyOrderElementsOf(IntentionMap.lines(next.policy()));
        }
        assertThat(redis.applier.reloads()).isEqualTo(1);
    }

    @Test
    void sourceThatOnlyTheWildcardAllowedLosesItsConnectionsWithIt() throws Exception {
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        callers(Protocol.TCP);
        Socket ofWww = caller.talking(wwwPort);
        Socket ofCron = caller.talking(cronPort);
        redis.apply(service(Protocol.TCP).allow("cron").build());
        assertThat(ofWww.getInputStream().read()).isEqualTo(-1);
        assertThat(TestCaller.exchange(ofCron)).isTrue();
    }

    @Test
    void connectionThatOutlivedAReloadIsClosedByADenyToo() throws Exception {
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        callers(Protocol.TCP);
        Socket ofWww = caller.talking(wwwPort);
        Socket ofCron = caller.talking(cronPort);
        Snapshots more = service(Protocol.TCP).unsecured(FreePorts.next());
        redis.apply(more.allow("*").build());
        assertThat(redis.applier.reloads()).isEqualTo(2);
        assertThat(TestCaller.exchange(ofWww)).isTrue();

        redis.apply(more.nobody().allow("cron").build());
        assertThat(ofWww.getInputStream().read()).isEqualTo(-1);
        assertThat(TestCaller.exchange(ofCron)).isTrue();
    }

    @Test
    void deniedSourceLosesItsEventStreamAndIsToldWhy() throws Exception {
        application.http();
        redis.apply(service(Protocol.HTTP).allow("*").build());
        callers(Protocol.HTTP);
        Socket ofWww = caller.events(wwwPort);
        Socket ofCron = caller.events(cronPort);
        redis.apply(service(Protocol.HTTP).allow("*").deny("www").build());
        assertThat(TestCaller.ends(ofWww)).isTrue();
        assertThat(TestCaller.hasEvent(ofCron)).isTrue();
        assertThat(TestCaller.get(wwwPort, "/")).startsWith("HTTP/1.1 403").contains("x-hamesh-denied: intention");
        assertThat(TestCaller.get(cronPort, "/")).startsWith("HTTP/1.1 200");
    }

    @Test
    void applicationLearnsTheCallerFromTheCertificateAlone() throws Exception {
        application.http();
        redis.apply(service(Protocol.HTTP).allow("www").build());
        callers(Protocol.HTTP);
        String answer = TestCaller.get(
                wwwPort, "/", "X-Forwarded-Client-Cert: URI=spiffe://forged\r\nx_forwarded_client_cert: forged\r\n");
        assertThat(answer).contains("URI=" + Snapshots.id("www").uri()).doesNotContain("forged");
    }

    @Test
    void nothingFailsWhileEverythingIsReplaced() throws Exception {
        application.http();
        redis.apply(service(Protocol.HTTP).allow("www").build());
        callers(Protocol.HTTP);
        TestCa next = new TestCa(directory, "next");
        AtomicInteger done = new AtomicInteger();
        List<String> failed = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = Thread.startVirtualThread(() -> {
            while (!stop.get()) {
                try {
                    String answer = TestCaller.get(wwwPort, "/");
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
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        assertThat(TestCaller.answers(wwwPort)).isFalse();
        Snapshots wrong =
                Snapshots.of("www").clientOnly().at(false, "127.0.0.1").roots(ca.certificate());
        Leaf leaf = ca.leaf(Snapshots.id("www"));
        www.apply(wrong.leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("api", wwwPort, Protocol.TCP, redis.endpoint())
                .build());
        assertThat(TestCaller.answers(wwwPort)).isFalse();
    }

    @Test
    void applicationOnIpv6LoopbackAloneIsFound() throws Exception {
        application.echo("::1");
        redis.apply(service(Protocol.TCP).at(true, "127.0.0.1").allow("*").build());
        callers(Protocol.TCP);
        assertThat(TestCaller.answers(wwwPort)).isTrue();
    }

    @Test
    void upstreamWithoutEndpointsFailsAtOnce() throws Exception {
        www.apply(callerOf(ca, "www", wwwPort, Protocol.HTTP).build());
        cron.apply(callerOf(ca, "cron", cronPort, Protocol.TCP).build());
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            assertThat(TestCaller.get(wwwPort, "/")).startsWith("HTTP/1.1 503");
            assertThat(TestCaller.answers(cronPort)).isFalse();
            quickest = Math.min(quickest, System.nanoTime() - start);
        }
        assertThat(quickest).isLessThan(1_000_000_000L);
    }

    @Test
    void haproxyStartedAnewComesBackAsItWas() throws Exception {
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).build());
        callers(Protocol.TCP);
        redis.apply(service(Protocol.TCP).allow("www").build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP, redis.endpoint()).build());
        redis.restartHaproxy();
        www.restartHaproxy();
        TestCaller.awaitAnswer(wwwPort);

        redis.apply(service(Protocol.TCP).deny("www").build());
        assertThat(TestCaller.answers(wwwPort)).isFalse();
        assertThat(redis.applier.reloads()).isEqualTo(1);
        assertThat(redis.events()).contains("event=haproxy-restarted");
    }

    @Test
    void endpointThatLeftAfterARestartComesBackWithoutAReload() throws Exception {
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("*").build());
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP, redis.endpoint()).build());
        www.restartHaproxy();
        TestCaller.awaitAnswer(wwwPort);

        Socket ofWww = caller.talking(wwwPort);
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP).build());
        assertThat(TestCaller.exchange(ofWww)).as("what is open goes on").isTrue();
        assertThat(www.events()).contains("event=haproxy-restarted");
        www.apply(callerOf(ca, "www", wwwPort, Protocol.TCP, redis.endpoint()).build());
        assertThat(TestCaller.answers(wwwPort)).isTrue();
        assertThat(www.applier.reloads()).isEqualTo(1);
    }

    @Test
    void failedReloadLeavesWhatRuns() throws Exception {
        application.echo("127.0.0.1");
        redis.apply(service(Protocol.TCP).allow("www").build());
        callers(Protocol.TCP);
        // The pod does not have that address: HAProxy cannot bind it.
        assertThatThrownBy(() -> redis.apply(service(Protocol.TCP)
                        .at(false, "192.0.2.1")
                        .unsecured(8080)
                        .build()))
                .isInstanceOf(DataPlaneException.class)
                .hasMessageContaining("the reload failed, HAProxy keeps its old configuration");
        assertThat(TestCaller.answers(wwwPort)).isTrue();
        redis.restartHaproxy();
        TestCaller.awaitAnswer(wwwPort);
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
                .onPort(application.port())
                .at(false, "127.0.0.1")
                .roots(roots)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }
}
