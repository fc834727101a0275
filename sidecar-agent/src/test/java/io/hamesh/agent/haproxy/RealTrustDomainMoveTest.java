package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.agent.snapshot.TrustDomains;
import io.hamesh.agent.snapshot.UpstreamState;
import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Two pods move from one trust domain and CA to the next, each in its own time, and never refuse each other. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealTrustDomainMoveTest {
    private static final String OLD = Snapshots.TRUST_DOMAIN;
    private static final String NEW = "99999999-2222-3333-4444-555555555555.consul";
    private static final TrustDomains MOVING = new TrustDomains(NEW, Optional.of(OLD));
    private static final TrustDomains MOVED = new TrustDomains(NEW, Optional.empty());

    private HttpServer app;
    private TestPod redis;
    private TestPod www;
    private TestCa oldCa;
    private TestCa newCa;
    private int port;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        app.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        app.start();
        oldCa = new TestCa(directory, "old");
        newCa = new TestCa(directory, "new");
        redis = new TestPod(directory.resolve("redis"));
        www = new TestPod(directory.resolve("www"));
        port = FreePorts.next();
    }

    @AfterEach
    void stop() {
        www.close();
        redis.close();
        app.stop(0);
    }

    @Test
    void eachStepOfOneIsAcceptedByTheOtherAndTheOldIsForgottenInTheEnd() throws Exception {
        Leaf oldRedis = oldCa.leaf(SpiffeId.of(OLD, "dc1", "redis"));
        Leaf newRedis = newCa.leaf(SpiffeId.of(NEW, "dc1", "redis"));
        Leaf oldWww = oldCa.leaf(SpiffeId.of(OLD, "dc1", "www"));
        Leaf newWww = newCa.leaf(SpiffeId.of(NEW, "dc1", "www"));
        String[] both = {newCa.certificate(), oldCa.certificate()};
        redis.apply(service(oldRedis, oldCa.certificate()).build());
        www.apply(caller(oldWww, oldCa.certificate()).build());
        assertThat(status()).isEqualTo(204);

        redis.apply(in(MOVING, service(oldRedis, both), oldRedis));
        assertThat(status()).as("the service trusts both").isEqualTo(204);
        www.apply(in(MOVING, caller(oldWww, both), oldWww));
        assertThat(status()).as("the caller trusts both").isEqualTo(204);
        redis.apply(in(MOVING, service(newRedis, both), newRedis));
        assertThat(status()).as("the service shows its new leaf").isEqualTo(204);
        www.apply(in(MOVING, caller(newWww, both), newWww));
        assertThat(status()).as("the caller shows its new leaf").isEqualTo(204);
        redis.apply(in(MOVED, service(newRedis, newCa.certificate()), newRedis));
        www.apply(in(MOVED, caller(newWww, newCa.certificate()), newWww));
        assertThat(status()).as("both have forgotten the old CA").isEqualTo(204);

        www.apply(in(MOVING, caller(oldWww, both), oldWww));
        assertThat(status()).as("a caller of the old CA").isIn(502, 503);
        Leaf mixed = newCa.leaf(SpiffeId.of(OLD, "dc1", "www"));
        www.apply(in(MOVING, caller(mixed, both), mixed));
        assertThat(status()).as("an old identity of the new CA").isEqualTo(403);
        Leaf mixedRedis = newCa.leaf(SpiffeId.of(OLD, "dc1", "redis"));
        redis.apply(in(MOVED, service(mixedRedis, newCa.certificate()), mixedRedis));
        www.apply(in(MOVED, caller(newWww, newCa.certificate()), newWww));
        assertThat(status()).as("an old identity of the new CA at the service").isEqualTo(503);
    }

    private Snapshots service(Leaf leaf, String... roots) {
        return Snapshots.of("redis")
                .speaking(Protocol.HTTP)
                .onPort(app.getAddress().getPort())
                .at(false, "127.0.0.1")
                .roots(roots)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .allow("www");
    }

    private Snapshots caller(Leaf leaf, String... roots) {
        return Snapshots.of("www")
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(roots)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("redis", port, Protocol.HTTP, redis.endpoint());
    }

    private static MeshSnapshot in(TrustDomains domains, Snapshots snapshots, Leaf leaf) {
        MeshSnapshot snapshot = snapshots.build();
        List<UpstreamState> upstreams = snapshot.upstreams().stream()
                .map(state -> new UpstreamState(
                        state.upstream(),
                        state.protocol(),
                        SpiffeId.of(domains.own(), "dc1", state.upstream().service()),
                        state.endpoints()))
                .toList();
        return new MeshSnapshot(
                snapshot.service(), snapshot.pod(), leaf, snapshot.roots(), domains, snapshot.policy(), upstreams);
    }

    private int status() throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/").toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        connection.setReadTimeout(10_000);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
