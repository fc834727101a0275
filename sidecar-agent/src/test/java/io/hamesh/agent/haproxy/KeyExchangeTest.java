package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.Protocol;
import io.hamesh.model.ProxySettings;
import io.hamesh.testbed.FreePorts;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** `www` calls `api`, each with the post-quantum key exchange on or off, as they are side by side while pods are restarted. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class KeyExchangeTest {
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path directory;
    private TestCa ca;
    private Leaf own;
    private TestApp application;

    @BeforeEach
    void prepare(@TempDir Path temporary) throws Exception {
        directory = temporary;
        ca = new TestCa(directory, "ca");
        own = ca.leaf(Snapshots.id("www"));
        application = new TestApp(FreePorts.next());
        open.add(application);
        application.echo("127.0.0.1");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** The endpoint is in the file at first, and added at run time later. */
    @ParameterizedTest
    @CsvSource({
        "false, false, X25519",
        "false, true,  X25519",
        "true,  false, X25519MLKEM768",
        "true,  true,  X25519MLKEM768"
    })
    void callerDecidesAndAsksOnce(boolean callerIsPostQuantum, boolean calledIsPostQuantum, String group)
            throws Exception {
        HelloRelay relay = relayTo(called(calledIsPostQuantum));
        int port = FreePorts.next();
        TestPod www = pod("www");
        www.apply(caller(callerIsPostQuantum, port, new Endpoint("127.0.0.1", relay.port())));
        assertThat(TestCaller.answers(port)).isTrue();
        assertThat(relay.groups()).containsExactly(group);

        HelloRelay another = relayTo(called(calledIsPostQuantum));
        www.apply(caller(callerIsPostQuantum, port, new Endpoint("127.0.0.1", another.port())));
        assertThat(www.applier.reloads()).isEqualTo(1);
        assertThat(TestCaller.answers(port)).isTrue();
        assertThat(another.groups()).containsExactly(group);
    }

    /** Pods of earlier releases name no group, and so offer and take what OpenSSL does by itself. */
    @ParameterizedTest
    @CsvSource({"false, X25519", "true, X25519MLKEM768"})
    void podOfAnEarlierReleaseIsCalledAsTheCallerDecides(boolean postQuantum, String group) throws Exception {
        TestPod earlier = called(postQuantum);
        asOfAnEarlierRelease(earlier);
        TestCaller.awaitOpen(earlier.layout.inboundPort());
        HelloRelay relay = relayTo(earlier);
        int port = FreePorts.next();
        pod("www").apply(caller(postQuantum, port, new Endpoint("127.0.0.1", relay.port())));
        assertThat(TestCaller.answers(port)).isTrue();
        assertThat(relay.groups()).containsExactly(group);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void podOfAnEarlierReleaseGetsThePostQuantumOneAsBefore(boolean calledIsPostQuantum) throws Exception {
        HelloRelay relay = relayTo(called(calledIsPostQuantum));
        int port = FreePorts.next();
        TestPod earlier = pod("www");
        earlier.apply(caller(false, port, new Endpoint("127.0.0.1", relay.port())));
        assertThat(TestCaller.answers(port)).isTrue();
        assertThat(relay.groups()).as("the control").containsExactly("X25519");
        relay.groups().clear();
        asOfAnEarlierRelease(earlier);
        TestCaller.awaitAnswer(port);
        assertThat(relay.groups()).containsExactly("X25519MLKEM768");
    }

    @Test
    void probeReachesAnApplicationWhoseTlsTakesACurveThatNoPodOffers() throws Exception {
        int port = FreePorts.next();
        HttpsServer app = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        open.add(() -> app.stop(0));
        app.setHttpsConfigurator(onlyP384(context(ca.leaf(Snapshots.id("www")))));
        app.createContext("/", exchange -> {
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });
        app.start();
        TestPod www = pod("www");
        www.apply(Snapshots.of("www")
                .onPort(port)
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(own.certificatePem(), own.privateKeyPem())
                .probed("www", Kind.READINESS, new Http(true, port, "/", List.of()))
                .build());
        String secret = "X-Hamesh-Probe: " + Snapshots.SECRET.value() + "\r\n";
        assertThat(TestCaller.get(www.layout.opsPort(), "/probe/www/readiness", secret))
                .startsWith("HTTP/1.1 201");
    }

    private static HttpsConfigurator onlyP384(SSLContext context) {
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters connection) {
                SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                tls.setNamedGroups(new String[] {"secp384r1"});
                connection.setSSLParameters(tls);
            }
        };
    }

    private static SSLContext context(Leaf leaf) throws Exception {
        Certificate certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(leaf.certificatePem().getBytes(US_ASCII)));
        byte[] key = Base64.getMimeDecoder().decode(leaf.privateKeyPem().replaceAll("-----[A-Z ]+-----", ""));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "app",
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                new char[0],
                new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static void asOfAnEarlierRelease(TestPod pod) throws Exception {
        Path config = pod.layout.file(Layout.CONFIG);
        String ours = Files.readString(config);
        String earlier = ours.replaceAll("(?m)^ *ssl-default-[a-z]+-curves .*\\n", "");
        assertThat(earlier).isNotEqualTo(ours);
        Files.writeString(config, earlier);
        pod.restartHaproxy();
    }

    private TestPod called(boolean postQuantum) throws Exception {
        TestPod api = pod("api");
        Leaf leaf = ca.leaf(Snapshots.id("api"));
        api.apply(Snapshots.of("api")
                .onPort(application.port())
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .proxy(ProxySettings.DEFAULT.withPostQuantum(postQuantum))
                .allow("www")
                .build());
        return api;
    }

    private MeshSnapshot caller(boolean postQuantum, int port, Endpoint... endpoints) throws Exception {
        return Snapshots.of("www")
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(own.certificatePem(), own.privateKeyPem())
                .proxy(ProxySettings.DEFAULT.withPostQuantum(postQuantum))
                .calling("api", port, Protocol.TCP, endpoints)
                .build();
    }

    private HelloRelay relayTo(TestPod pod) throws Exception {
        HelloRelay relay = new HelloRelay(pod.layout.inboundPort());
        open.add(relay);
        return relay;
    }

    private TestPod pod(String name) throws Exception {
        TestPod pod = new TestPod(directory.resolve(name + "-" + open.size()));
        open.add(pod);
        return pod;
    }
}
