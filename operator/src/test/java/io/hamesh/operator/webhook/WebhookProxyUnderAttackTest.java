package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.webhook.Strangers.Deed;
import io.hamesh.operator.webhookproxy.WebhookProxy;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What any pod may do to the ports of the operator's HAProxy, from several addresses, and what the API server sees of it. */
@EnabledIf("io.hamesh.operator.webhook.RealHaproxy#exists")
class WebhookProxyUnderAttackTest {
    private static final String API_SERVER = "127.0.2.1";
    private static final String STRANGER = "127.0.3.1";
    private static final String REVIEW = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1"}}""";

    /** The chart's limit for this container. */
    private static final double MEGABYTES = 256;

    /** Of the API server's patience of 10 s; three times as much where the machine is shared. */
    private static final Duration ADMISSION = Duration.ofSeconds(2).multipliedBy(3);

    private static final Duration KUBELET = Duration.ofSeconds(1).multipliedBy(3);

    private final ServingCertificate certificate =
            new CertificateMaker(Duration.ofDays(1)).make("hamesh-webhook.mesh.svc", Instant.now());
    private final PathToken token = PathToken.of(certificate);
    private final HotKeyManager keys = new HotKeyManager();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private SSLSocketFactory trust;
    private WebhookProxy proxy;
    private RealHaproxy haproxy;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        keys.serve(certificate);
        trust = certificate.trust().getSocketFactory();
        WebhookServer operator = new WebhookServer(0, keys.context())
                .route("/inject", request -> AdmissionAnswers.allowed(List.of("asked")))
                .start();
        toClose.add(operator);
        int readiness = FreePorts.next();
        HttpServer ready = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), readiness), 0);
        ready.createContext("/readyz", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, -1);
            }
        });
        ready.start();
        toClose.add(() -> ready.stop(0));
        haproxy = new RealHaproxy(folder, operator.port(), readiness);
        proxy = new WebhookProxy(folder, haproxy.replicaPort, new Health());
        toClose.addFirst(proxy.start());
        proxy.trust(certificate.caPem());
        proxy.replicas(List.of());
        proxy.answer(List.of(token.hash()), false);
        proxy.serve(certificate.certificatePem() + certificate.keyPem());
        await().until(() -> Files.exists(folder.resolve("webhook.pem")));
        haproxy.start();
        toClose.addFirst(haproxy);
        await().until(() -> haproxy.log().contains("Server operators/local is UP")
                && haproxy.log().contains("Server own/own is UP"));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    @Test
    void strangerWhoDoesNotKnowThePathIsNotRead() throws Exception {
        assertThat(ask(API_SERVER, token.path("/inject"))).contains("200 OK", "asked");
        assertThat(ask(STRANGER, new PathToken("0".repeat(32)).path("/inject"))).isEmpty();
        assertThat(ask(STRANGER, "/inject")).isEmpty();
        assertThat(ask(STRANGER, "/")).isEmpty();
        assertThat(haproxy.log()).doesNotContain(token.hex());
    }

    @Test
    void plainPathIsAnsweredWhileTheApiServerIsToldToAskIt() throws Exception {
        CompletableFuture<String> early = CompletableFuture.supplyAsync(() -> askUnchecked(API_SERVER, "/inject"));
        proxy.answer(List.of(token.hash()), true);
        assertThat(early)
                .as("it waits until HAProxy knows, too")
                .succeedsWithin(ADMISSION)
                .asString()
                .contains("200 OK");
        await().untilAsserted(() -> assertThat(ask(STRANGER, "/inject")).contains("200 OK"));
        proxy.answer(List.of(token.hash()), false);
        await().untilAsserted(() -> assertThat(ask(STRANGER, "/inject")).isEmpty());
    }

    @Test
    void eachRequestOnAConnectionShowsThePath() throws Exception {
        try (SSLSocket tls = Strangers.tls(trust, Strangers.connect(API_SERVER, haproxy.port))) {
            assertThat(ask(tls, token.path("/inject"))).contains("200 OK");
            assertThat(ask(tls, token.path("/inject")))
                    .as("the connection is kept")
                    .contains("200 OK");
            assertThat(ask(tls, "/inject")).contains("404 Not Found");
        }
    }

    @Test
    void pathOfTheCertificateBeforeIsAnsweredUntilItIsTakenAway() throws Exception {
        PathToken next = new PathToken("1".repeat(32));
        proxy.answer(List.of(token.hash(), next.hash()), false);
        await().untilAsserted(
                        () -> assertThat(ask(API_SERVER, next.path("/inject"))).contains("200 OK"));
        assertThat(ask(API_SERVER, token.path("/inject"))).contains("200 OK");
        proxy.answer(List.of(next.hash()), false);
        await().untilAsserted(
                        () -> assertThat(ask(STRANGER, token.path("/inject"))).isEmpty());
        assertThat(ask(API_SERVER, next.path("/inject"))).contains("200 OK");
    }

    /** As the API server does: what closes first may meet a review on its way. */
    @Test
    void connectionAheadOfWhoShowedThePathLatelyMayWait() throws Exception {
        ask(API_SERVER, token.path("/inject"));
        try (SSLSocket ahead = Strangers.tls(trust, Strangers.connect(API_SERVER, haproxy.port));
                SSLSocket stranger = Strangers.tls(trust, Strangers.connect(STRANGER, haproxy.port))) {
            assertThat(stranger.getInputStream().read()).as("closed soon").isNegative();
            ahead.setSoTimeout(1000);
            assertThatThrownBy(() -> ahead.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(ask(ahead, token.path("/inject"))).contains("200 OK");
        }
    }

    @Test
    void onlyHaproxiesOfOperatorsAreAnsweredOnTheReplicasPort() throws Exception {
        ServingCertificate foreign =
                new CertificateMaker(Duration.ofDays(1)).make("hamesh-webhook.mesh.svc", Instant.now());
        assertThat(askReplica(ClientOf.certificate(certificate, certificate))).contains("200 OK", "asked");
        assertThatThrownBy(() -> askReplica(ClientOf.certificate(foreign, certificate)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> askReplica(trust)).isInstanceOf(IOException.class);
    }

    @Test
    void silenceAfterTheHandshakeStopsNoAdmission() throws Exception {
        attack(haproxy.port, 600, Strangers.handshake(trust));
    }

    @Test
    void unfinishedHeadsStopNoAdmission() throws Exception {
        String head = "POST /" + "0".repeat(20);
        attack(haproxy.port, 300, Strangers.handshakeThen(trust, head));
        attack(haproxy.port, 300, Strangers.handshakeThen(trust, head + "a".repeat(250_000)));
    }

    @Test
    void unfinishedHeadsOnTheOperationsPortStopNothing() throws Exception {
        attack(haproxy.opsPort, 500, Strangers.saying("GET /readyz HTTP/1.1\r\nx: " + "a".repeat(250_000)));
    }

    /** Large heads touch whole buffers, and small ones then hold them. */
    @Test
    @Tag("long")
    void mixedHeadsOnTheOperationsPortStopNothing() throws Exception {
        AtomicInteger next = new AtomicInteger();
        attack(haproxy.opsPort, 5000, socket -> {
            String rest = next.incrementAndGet() % 2 == 0 ? "" : "a".repeat(250_000);
            Strangers.saying("GET /readyz HTTP/1.1\r\nx: " + rest).on(socket);
        });
    }

    @Test
    void slowReadersOfMetricsStopNothing() throws Exception {
        attack(haproxy.opsPort, 300, Strangers.saying("GET /metrics HTTP/1.1\r\n\r\n"));
    }

    @Test
    @Tag("long")
    void nothingThatComesForHalfAMinuteStopsAdmission() throws Exception {
        Map<String, Deed> deeds = Map.of(
                "silence", Strangers.silent(),
                "half a handshake", Strangers.halfAHandshake(),
                "a handshake", Strangers.handshake(trust),
                "half a head", Strangers.handshakeThen(trust, "POST /" + "0".repeat(20)),
                "a head of 250 kB", Strangers.handshakeThen(trust, "POST /" + "a".repeat(250_000)));
        for (Map.Entry<String, Deed> deed : deeds.entrySet()) {
            for (int port : List.of(haproxy.port, haproxy.replicaPort, haproxy.opsPort)) {
                System.out.printf(
                        "[attack] %s on %s: %s%n", deed.getKey(), name(port), attack(port, 5000, deed.getValue()));
            }
        }
    }

    private String name(int port) {
        return port == haproxy.port ? "9443" : port == haproxy.replicaPort ? "9444" : "8404";
    }

    /** Of addresses that are many and one that shares the API server's: it asks on, over new connections. */
    private String attack(int port, int connections, Deed deed) throws Exception {
        ask(API_SERVER, token.path("/inject"));
        Duration slowest = Duration.ZERO;
        Duration slowestReady = Duration.ZERO;
        double most = 0;
        int asked = 0;
        try (Strangers strangers = new Strangers(port, 20)) {
            CompletableFuture<Strangers> opening =
                    CompletableFuture.supplyAsync(() -> strangers.open(connections, deed));
            while (!opening.isDone()) {
                String from = asked % 2 == 0 ? API_SERVER : "127.0.4." + (asked % 250 + 1);
                slowest = longer(slowest, timed(() -> assertThat(ask(from, token.path("/inject")))
                        .contains("200 OK")));
                slowestReady =
                        longer(slowestReady, timed(() -> assertThat(ready()).contains("200 OK")));
                most = Math.max(most, haproxy.megabytes());
                asked++;
            }
            opening.get();
        }
        assertThat(slowest).isLessThan(ADMISSION);
        assertThat(slowestReady).isLessThan(KUBELET);
        assertThat(most).isLessThan(MEGABYTES);
        assertThat(asked).isPositive();
        return "%d asked, the slowest %d ms, /readyz %d ms, %.0f MB"
                .formatted(asked, slowest.toMillis(), slowestReady.toMillis(), most);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static Duration timed(Step step) throws Exception {
        long start = System.nanoTime();
        step.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private String ready() throws IOException {
        try (Socket socket = Strangers.connect("127.0.5.1", haproxy.opsPort)) {
            socket.getOutputStream()
                    .write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String askUnchecked(String from, String path) {
        try {
            return ask(from, path);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The answer over a connection of its own; empty where it is closed without one. */
    private String ask(String from, String path) throws IOException {
        try (SSLSocket tls = Strangers.tls(trust, Strangers.connect(from, haproxy.port))) {
            return ask(tls, path);
        }
    }

    private String askReplica(SSLSocketFactory tls) throws IOException {
        try (SSLSocket socket = Strangers.tls(tls, Strangers.connect(STRANGER, haproxy.replicaPort))) {
            String answer = ask(socket, "/inject");
            if (answer.isEmpty()) {
                throw new IOException("closed without an answer");
            }
            return answer;
        }
    }

    private static String ask(SSLSocket tls, String path) throws IOException {
        String head =
                "POST " + path + "?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Length: " + REVIEW.length() + "\r\n\r\n";
        try {
            tls.getOutputStream().write((head + REVIEW).getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[8192];
            int length = 0;
            int read = tls.getInputStream().read(answer);
            while (read > 0) {
                length += read;
                String text = new String(answer, 0, length, StandardCharsets.US_ASCII);
                if (text.endsWith("}}") || text.endsWith("path\n")) {
                    return text;
                }
                read = tls.getInputStream().read(answer, length, answer.length - length);
            }
            return new String(answer, 0, length, StandardCharsets.US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }
}
