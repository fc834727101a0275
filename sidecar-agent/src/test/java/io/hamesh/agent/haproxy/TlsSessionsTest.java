package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.haproxy.LooseCaller.Answer;
import io.hamesh.agent.haproxy.TestPod.Handshakes;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which TLS sessions are resumed, and what ends them. `www` calls `redis` over TCP and `api` over HTTP. Each test that ends
 * a session begins with one that is resumed.
 */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsSessionsTest {
    private final int toRedis = FreePorts.next();
    private final int toApi = FreePorts.next();
    private Path directory;
    private TestCa ca;
    private TestCa next;
    private TestApp echo;
    private TestApp web;
    private TestPod redis;
    private TestPod api;
    private TestPod www;
    private TestCaller caller;

    @BeforeAll
    void pods(@TempDir Path temporary) throws Exception {
        directory = temporary;
        ca = new TestCa(directory, "ca");
        next = new TestCa(directory, "next");
        echo = new TestApp(FreePorts.next());
        echo.echo("127.0.0.1");
        web = new TestApp(FreePorts.next());
        web.http();
        redis = new TestPod(directory.resolve("redis"));
        api = new TestPod(directory.resolve("api"));
        www = new TestPod(directory.resolve("www"));
    }

    @BeforeEach
    void trustBoth() throws Exception {
        caller = new TestCaller();
        redis.apply(service(redisOf(ca), both()).allow("*").build());
        api.apply(service(ca.leaf(Snapshots.id("api")), both()).allow("*").build());
        www.apply(
                callerOf(ca.leaf(Snapshots.id("www")), both(), redis.endpoint()).build());
        TestCaller.awaitAnswer(toRedis); // the test before may have left it ejected
        await().until(() -> www.isChecked("redis_" + toRedis, redis.endpoint()));
    }

    @AfterEach
    void hangUp() throws Exception {
        caller.close();
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {www, api, redis, web, echo}) {
            each.close();
        }
    }

    @Test
    void secondTcpConnectionIsResumed() throws Exception {
        assertThat(TestCaller.answers(toRedis)).isTrue();
        isResumed();
    }

    @Test
    void secondHttpConnectionIsResumed() throws Exception {
        caller.events(toApi);
        Handshakes before = api.taken();
        caller.events(toApi);
        onlyResumed(before, api.taken());
    }

    /** It is added by a runtime command, and not by the file. */
    @Test
    void endpointThatCameAtRunTimeIsResumed() throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("www"));
        www.apply(callerOf(leaf, both()).build());
        www.apply(callerOf(leaf, both(), new Endpoint("127.0.0.2", redis.layout.inboundPort()))
                .build());
        assertThat(www.applier.reloads()).isEqualTo(1);
        assertThat(TestCaller.answers(toRedis)).isTrue();
        isResumed();
    }

    @Test
    void resumedConnectionIsJudged() throws Exception {
        assertThat(TestCaller.answers(toRedis)).isTrue();
        isResumed();
        redis.apply(service(redisOf(ca), both()).allow("*").deny("www").build());
        assertThat(TestCaller.answers(toRedis)).isFalse(); // a full one, because the leaf is another
        Handshakes before = redis.taken();
        assertThat(TestCaller.answers(toRedis)).isFalse();
        onlyResumed(before, redis.taken());
    }

    @Test
    void newRootsOfTheCalledEndTheSessionsOfItsCallers() throws Exception {
        LooseCaller loose = new LooseCaller(directory, ca.leaf(Snapshots.id("www")));
        beginAndResume(loose, redis);
        redis.apply(service(redisOf(ca), next.certificate(), ca.certificate())
                .allow("*")
                .build());
        isNotResumed(loose.callAgain(port(redis), LooseCaller.WORDS));

        beginAndResume(loose, redis);
        redis.apply(service(redisOf(next), next.certificate()).allow("*").build());
        Handshakes before = redis.taken();
        Answer unknown = loose.callAgain(port(redis), LooseCaller.WORDS);
        assertThat(unknown.resumed()).isFalse();
        assertThat(unknown.isEcho()).isFalse();
        assertThat(redis.taken()).isEqualTo(before);
    }

    @Test
    void newRootsOfTheCallerEndItsSessions() throws Exception {
        assertThat(TestCaller.answers(toRedis)).isTrue();
        isResumed();
        Leaf leaf = next.leaf(Snapshots.id("www"));
        www.apply(callerOf(leaf, both(), redis.endpoint()).build());
        isFull();
        isResumed();
        www.apply(callerOf(leaf, new String[] {ca.certificate()}, redis.endpoint())
                .build());
        isFull();
        isResumed();
        www.apply(callerOf(leaf, new String[] {next.certificate()}, redis.endpoint())
                .build());
        isRefused();
    }

    @Test
    void newLeafOfTheCalledEndsTheSessionsOfItsCallers() throws Exception {
        assertThat(TestCaller.answers(toRedis)).isTrue();
        isResumed();
        redis.apply(service(redisOf(ca), both()).allow("*").build());
        isFull();
        isResumed();
    }

    /** Each connection is a handshake of its own here, resumed or full. */
    @Test
    void noConnectionFailsWhileLeavesAndRootsAreReplaced() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        Handshakes before = made();
        Thread load = Thread.ofVirtual().start(() -> {
            while (!stop.get()) {
                (TestCaller.answers(toRedis) ? answered : failed).incrementAndGet();
            }
        });
        for (int i = 0; i < 10; i++) {
            TestCa signer = i % 2 == 0 ? next : ca;
            String[] roots = {signer.certificate(), (i % 2 == 0 ? ca : next).certificate()};
            redis.apply(service(redisOf(signer), roots).allow("*").build());
            www.apply(callerOf(signer.leaf(Snapshots.id("www")), roots, redis.endpoint())
                    .build());
        }
        stop.set(true);
        load.join();
        assertThat(failed).hasValue(0);
        assertThat(answered).hasValueGreaterThan(20);
        assertThat(made().full()).isGreaterThan(before.full() + 10);
        assertThat(made().resumed()).isGreaterThan(before.resumed());
    }

    /** The roots that it was verified by are gone when it ends. */
    @Test
    void handshakeAcrossACommitLeavesNoSessionAtTheCalled() throws Exception {
        LooseCaller loose = new LooseCaller(directory, ca.leaf(Snapshots.id("www")));
        try (HoldingRelay relay =
                new HoldingRelay(FreePorts.next(), port(redis), HoldingRelay.Part.CLIENTS_LAST_FLIGHT)) {
            relay.release();
            assertThat(loose.call(relay.port(), LooseCaller.WORDS).isEcho()).isTrue();
            assertThat(loose.callAgain(port(redis), LooseCaller.WORDS).resumed())
                    .isTrue();
        }
        try (HoldingRelay relay =
                new HoldingRelay(FreePorts.next(), port(redis), HoldingRelay.Part.CLIENTS_LAST_FLIGHT)) {
            Thread commit = Thread.ofVirtual().start(() -> {
                try {
                    assertThat(relay.awaitHeld()).isTrue();
                    redis.apply(service(redisOf(next), next.certificate())
                            .allow("*")
                            .build());
                    relay.release();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(loose.call(relay.port(), LooseCaller.WORDS).isEcho()).isTrue();
            commit.join();
        }
        Answer after = loose.callAgain(port(redis), LooseCaller.WORDS);
        assertThat(after.resumed()).isFalse();
        assertThat(after.isEcho()).isFalse();
    }

    /** HAProxy keeps it for the server, whatever it was verified by. */
    @Test
    void ticketThatComesAfterACommitIsNotUsed() throws Exception {
        int between = FreePorts.next();
        Endpoint endpoint = new Endpoint("127.0.0.1", between);
        Leaf leaf = next.leaf(Snapshots.id("www"));
        try (LooseServer loose = new LooseServer(FreePorts.next(), redisOf(ca))) {
            www.apply(callerOf(leaf, both(), endpoint).build());
            try (HoldingRelay relay = new HoldingRelay(between, loose.port(), HoldingRelay.Part.TICKETS)) {
                Socket held = held(relay);
                relay.release();
                assertThat(held.getInputStream().read()).isEqualTo('x');
                isResumed();
            }
            www.apply(callerOf(leaf, both()).build());
            www.apply(callerOf(leaf, both(), endpoint).build());
            try (HoldingRelay relay = new HoldingRelay(between, loose.port(), HoldingRelay.Part.TICKETS)) {
                Socket held = held(relay);
                www.apply(callerOf(leaf, new String[] {next.certificate()}, endpoint)
                        .build());
                relay.release();
                assertThat(held.getInputStream().read()).isEqualTo('x');
                isRefused();
            }
        }
    }

    /** A connection that is open on both sides, and of which the caller has not seen the tickets. */
    private Socket held(HoldingRelay relay) throws Exception {
        Socket socket = caller.open(toRedis);
        socket.getOutputStream().write('x');
        assertThat(relay.awaitHeld()).isTrue();
        return socket;
    }

    @Test
    void sessionEndsWithTheCertificate() throws Exception {
        Duration life = Duration.ofSeconds(5);
        while (!endsWithTheCertificate(life)) {
            life = life.multipliedBy(2);
        }
    }

    /** False on a machine so slow that the certificates ended before their sessions had been resumed once. */
    private boolean endsWithTheCertificate(Duration life) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("www"));
        Instant end = Instant.now().plus(life).truncatedTo(ChronoUnit.SECONDS);
        LooseCaller toTcp = new LooseCaller(directory, ca.leafUntil(Snapshots.id("www"), end));
        LooseCaller toHttp = new LooseCaller(directory, ca.leafUntil(Snapshots.id("www"), end));
        try (LooseServer loose = new LooseServer(FreePorts.next(), ca.leafUntil(Snapshots.id("redis"), end))) {
            www.apply(callerOf(leaf, both(), new Endpoint("127.0.0.1", loose.port()))
                    .build());
            boolean answered = TestCaller.answers(toRedis);
            Handshakes before = made();
            answered &= TestCaller.answers(toRedis);
            Handshakes after = made();
            toTcp.call(port(redis), LooseCaller.WORDS);
            Answer stream = toTcp.callAgain(port(redis), LooseCaller.WORDS);
            toHttp.call(port(api), LooseCaller.REQUEST);
            Answer request = toHttp.callAgain(port(api), LooseCaller.REQUEST);
            if (!Instant.now().isBefore(end)) {
                return false;
            }
            assertThat(answered).isTrue();
            onlyResumed(before, after);
            assertThat(stream.resumed() && stream.isEcho()).isTrue();
            assertThat(request.resumed()).isTrue();
            assertThat(request.said()).contains("HTTP/1.1 200");

            await().atMost(life.plusSeconds(10)).until(() -> Instant.now().isAfter(end.plusSeconds(1)));
            String received = loose.received();
            isRefused();
            assertThat(loose.received()).isEqualTo(received);
            stream = toTcp.callAgain(port(redis), LooseCaller.WORDS);
            assertThat(stream.resumed()).isTrue();
            assertThat(stream.isEcho()).isFalse();
            await().until(() -> redis.haproxyLog().contains("\"denied\": \"expired\""));
            request = toHttp.callAgain(port(api), LooseCaller.REQUEST);
            assertThat(request.resumed()).isTrue();
            assertThat(request.said()).contains("HTTP/1.1 403").contains("x-hamesh-denied: expired");
            return true;
        }
    }

    @Test
    void whoeverInheritsAnAddressIsVerified() throws Exception {
        int port = FreePorts.next();
        try (LooseServer first = new LooseServer(port, redisOf(ca))) {
            www.apply(callerOf(ca.leaf(Snapshots.id("www")), both(), new Endpoint("127.0.0.1", port))
                    .build());
            assertThat(TestCaller.answers(toRedis)).isTrue();
            assertThat(first.received()).isNotEmpty();
            isResumed();
        }
        long full = made().full();
        try (LooseServer other = new LooseServer(port, ca.leaf(Snapshots.id("ledger")))) {
            isRefused();
            assertThat(other.received()).isEmpty();
        }
        try (LooseServer same = new LooseServer(port, redisOf(ca))) {
            TestCaller.awaitAnswer(toRedis);
            assertThat(same.received()).isNotEmpty();
            assertThat(made().full()).isGreaterThan(full);
        }
    }

    @Test
    void ticketIsGoodAtTheProcessThatGaveItAlone() throws Exception {
        LooseCaller loose = new LooseCaller(directory, ca.leaf(Snapshots.id("www")));
        beginAndResume(loose, redis);
        Leaf leaf = redisOf(ca);
        try (TestPod second = new TestPod(directory.resolve("redis-2"))) {
            second.apply(service(leaf, both()).allow("*").build());
            isNotResumed(loose.callAgain(port(second), LooseCaller.WORDS));
            beginAndResume(loose, second);
            second.apply(
                    service(leaf, both()).allow("*").unsecured(FreePorts.next()).build());
            assertThat(second.applier.reloads()).isEqualTo(2);
            isNotResumed(loose.callAgain(port(second), LooseCaller.WORDS));
            beginAndResume(loose, second);
            second.restartHaproxy();
            TestCaller.awaitOpen(port(second));
            isNotResumed(loose.callAgain(port(second), LooseCaller.WORDS));
        }
    }

    /** The next connection of `www` to whatever is its endpoint. */
    private void isResumed() throws Exception {
        Handshakes before = made();
        assertThat(TestCaller.answers(toRedis)).isTrue();
        onlyResumed(before, made());
    }

    private void isFull() throws Exception {
        long before = made().full();
        assertThat(TestCaller.answers(toRedis)).isTrue();
        assertThat(made().full()).isEqualTo(before + 1);
    }

    /** It trusts nobody there, or is not trusted: not one handshake succeeds. */
    private void isRefused() throws Exception {
        Handshakes before = made();
        assertThat(TestCaller.answers(toRedis)).isFalse();
        assertThat(made()).isEqualTo(before);
    }

    private Handshakes made() throws Exception {
        return www.made("redis_" + toRedis);
    }

    /** Once at least: a new endpoint is looked at, too. */
    private static void onlyResumed(Handshakes before, Handshakes after) {
        assertThat(after.full()).isEqualTo(before.full());
        assertThat(after.resumed()).isGreaterThan(before.resumed());
    }

    private static void beginAndResume(LooseCaller loose, TestPod pod) throws Exception {
        assertThat(loose.call(port(pod), LooseCaller.WORDS).isEcho()).isTrue();
        Answer again = loose.callAgain(port(pod), LooseCaller.WORDS);
        assertThat(again.resumed()).isTrue();
        assertThat(again.isEcho()).isTrue();
    }

    /** A full handshake, and it succeeds. */
    private static void isNotResumed(Answer answer) {
        assertThat(answer.resumed()).isFalse();
        assertThat(answer.isEcho()).isTrue();
    }

    private static int port(TestPod pod) {
        return pod.layout.inboundPort();
    }

    private Leaf redisOf(TestCa signer) throws Exception {
        return signer.leaf(Snapshots.id("redis"));
    }

    private String[] both() throws Exception {
        return new String[] {ca.certificate(), next.certificate()};
    }

    private Snapshots service(Leaf leaf, String... roots) {
        boolean http = leaf.identity().service().equals("api");
        return Snapshots.of(leaf.identity().service())
                .speaking(http ? Protocol.HTTP : Protocol.TCP)
                .onPort(http ? web.port() : echo.port())
                .at(false, "127.0.0.1")
                .roots(roots)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }

    private Snapshots callerOf(Leaf leaf, String[] roots, Endpoint... endpoints) {
        return Snapshots.of("www")
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(roots)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("redis", toRedis, Protocol.TCP, endpoints)
                .calling("api", toApi, Protocol.HTTP, api.endpoint());
    }
}
