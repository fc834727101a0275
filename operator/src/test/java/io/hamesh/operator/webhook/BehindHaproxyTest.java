package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.webhookproxy.WebhookProxy;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Two operators behind the real HAProxy of one of them. */
@EnabledIf("io.hamesh.operator.webhook.RealHaproxy#exists")
class BehindHaproxyTest {
    private static final String SERVICE = "hamesh-webhook.mesh.svc";
    private static final String OWN = "127.0.0.1";
    private static final String OTHER = "127.0.0.2";

    /** @param connection the header of that name */
    private record Answer(int status, String text, String connection) {}

    private final CertificateMaker maker = new CertificateMaker(Duration.ofDays(365));
    private final ServingCertificate first = maker.make(SERVICE, Instant.now());
    private final ServingCertificate second = maker.make(SERVICE, Instant.now());
    private final HotKeyManager ownKeys = new HotKeyManager();
    private final HotKeyManager otherKeys = new HotKeyManager();
    private final int otherPort = FreePorts.next();
    private final int readiness = FreePorts.next();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final List<AutoCloseable> toClose = new ArrayList<>();

    private Path folder;
    private WebhookServer own;
    private HttpServer ownReadiness;
    private WebhookProxy proxy;
    private RealHaproxy haproxy;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        this.folder = folder;
        ownKeys.serve(first);
        otherKeys.serve(first);
        own = new WebhookServer(0, ownKeys.context())
                .route("/who", request -> AdmissionAnswers.allowed(List.of("own")))
                .route("/dies", request -> {
                    own.close();
                    return AdmissionAnswers.allowed(List.of("own"));
                })
                .route("/hangs", request -> {
                    asked.countDown();
                    awaitQuietly(never);
                    return AdmissionAnswers.allowed(List.of("own"));
                })
                .start();
        WebhookServer other = new WebhookServer(new InetSocketAddress(OTHER, otherPort), otherKeys.context());
        for (String path : List.of("/who", "/dies", "/hangs")) {
            other.route(path, request -> AdmissionAnswers.allowed(List.of("other")));
        }
        toClose.add(other.start());
        ownReadiness = ready(OWN);
        ready(OTHER);
        proxy = new WebhookProxy(folder, otherPort, new Health());
        toClose.add(proxy.start());
        haproxy = new RealHaproxy(folder, own.port(), readiness);
    }

    @AfterEach
    void stop() throws Exception {
        never.countDown();
        own.close();
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    @Test
    void haproxyTakesTheConfiguration() throws Exception {
        proxy.answer(List.of(), true);
        proxy.replicas(List.of(OTHER));
        proxy.trust(first.caPem());
        proxy.serve(first.certificatePem() + first.keyPem());
        await().until(() -> Files.exists(folder.resolve("webhook.pem")));
        assertThat(haproxy.check()).isEqualTo("0");
    }

    /** A machine that gives it no time for a while makes it look away: then the other's answers are right, until it is back. */
    @Test
    void ownOperatorAnswersWhileItCan() throws Exception {
        startHaproxy();
        await().untilAsserted(() -> {
            for (int i = 0; i < 20; i++) {
                assertThat(whoAnswers("/who")).isEqualTo("own");
            }
        });
    }

    @Test
    void reviewThatItsOperatorDiesOfIsAnsweredByTheOther() throws Exception {
        startHaproxy();
        assertThat(whoAnswers("/dies")).isEqualTo("other");
        assertThat(whoAnswers("/who")).isEqualTo("other");
    }

    @Test
    void halfAnAnswerIsNone() throws Exception {
        HttpsServer dying = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        dying.setHttpsConfigurator(new HttpsConfigurator(ownKeys.context()));
        dying.createContext("/who", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 10_000);
                exchange.getResponseBody().write(new byte[9_000]); // more than is held back
                dying.stop(0);
            }
        });
        dying.start();
        toClose.add(() -> dying.stop(0));
        haproxy = new RealHaproxy(folder, dying.getAddress().getPort(), readiness);
        startHaproxy();
        assertThat(whoAnswers("/who")).isEqualTo("other");
    }

    /** The control: what a review meets where nothing asks twice. */
    @Test
    void withoutRepetitionItIsLost() throws Exception {
        startHaproxy(config -> config.replaceAll("(?m)^  retry-on .*$", "  retry-on none"));
        assertThat(post(first, "/dies", review()).status()).isEqualTo(502);
    }

    @Test
    void operatorThatNeverAnswersIsLeftForTheOther() throws Exception {
        startHaproxy(config -> config.replace("timeout server 5s", "timeout server 1s"));
        ownReadiness.stop(0); // a JVM that hangs does not say that it is ready either
        assertThat(whoAnswers("/hangs")).isEqualTo("other");
    }

    @Test
    void operatorThatIsNotReadyIsNotAsked() throws Exception {
        startHaproxy();
        ownReadiness.stop(0);
        await().untilAsserted(() -> assertThat(whoAnswers("/who")).isEqualTo("other"));
        ready(OWN);
        await().untilAsserted(() -> assertThat(whoAnswers("/who")).isEqualTo("own"));
    }

    @Test
    void largeReviewIsPassedOnWhole() throws Exception {
        startHaproxy();
        assertThat(whoAnswers("/who", "x".repeat(100_000))).isEqualTo("own");
        assertThat(whoAnswers("/who", "x".repeat(3_000_000))).isEqualTo("own");
        own.close();
        assertThat(whoAnswers("/who", "x".repeat(3_000_000)))
                .as("nothing of it was sent before")
                .isEqualTo("other");
    }

    @Test
    void whereNobodyIsReadyTheOwnOperatorIsWaitedFor() throws Exception {
        startHaproxy();
        proxy.replicas(List.of());
        ownReadiness.stop(0);
        int port = own.port();
        own.close();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> whoAnswers("/who"));
        await().until(() -> haproxy.log().contains("Server operators/local is DOWN"));
        own = new WebhookServer(port, ownKeys.context())
                .route("/who", request -> AdmissionAnswers.allowed(List.of("anew")))
                .start();
        assertThat(answer).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("anew");
    }

    @Test
    void connectionEndsWithItsAnswerOnceTheOwnOperatorGoes() throws Exception {
        startHaproxy();
        assertThat(post(first, "/who", review()).connection()).isEqualTo("null");
        ownReadiness.stop(0);
        await().untilAsserted(() ->
                assertThat(post(first, "/who", review()).connection()).isEqualTo("close"));
        proxy.replicas(List.of());
        await().untilAsserted(() -> assertThat(post(first, "/who", review()).connection())
                .as("nobody else would answer")
                .isEqualTo("null"));
    }

    @Test
    void softStopAnswersWhatIsUnderWayAndEnds() throws Exception {
        startHaproxy();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> whoAnswers("/hangs"));
        asked.await();
        haproxy.softStop();
        await().until(() -> !accepts());
        never.countDown();
        assertThat(answer).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("own");
        assertThat(haproxy.hasEndedWithin(5)).isTrue();
    }

    @Test
    void renewedCertificateIsServedAndBelievedWithoutARestart() throws Exception {
        startHaproxy();
        assertThatThrownBy(() -> post(second, "/who", review())).isInstanceOf(SSLException.class);
        proxy.trust(second.trusting(first).caPem());
        proxy.serve(second.certificatePem() + second.keyPem());
        await().ignoreExceptions().until(() -> post(second, "/who", review()).status() == 200);
        ownKeys.serve(second);
        otherKeys.serve(second);
        own.drain(); // ends the connections that know the first one
        assertThat(List.of(whoIs(second), whoIs(second))).containsExactly("own", "own");
        ownReadiness.stop(0);
        await().untilAsserted(() -> assertThat(whoIs(second)).isEqualTo("other"));
    }

    /** The control for trust: an operator with a certificate that nobody was told of is not believed. */
    @Test
    void operatorWithAnotherCertificateIsNotBelieved() throws Exception {
        ownKeys.serve(second);
        startHaproxy();
        assertThat(whoAnswers("/who")).isEqualTo("other");
    }

    @Test
    void restartedHaproxyIsAsBefore() throws Exception {
        startHaproxy();
        proxy.trust(second.trusting(first).caPem());
        proxy.serve(second.certificatePem() + second.keyPem());
        await().ignoreExceptions().until(() -> post(second, "/who", review()).status() == 200);
        haproxy.kill();
        haproxy.start();
        await().ignoreExceptions().untilAsserted(() -> assertThat(whoIs(second)).isEqualTo("own"));
        ownReadiness.stop(0);
        await().untilAsserted(() -> assertThat(whoIs(second)).isEqualTo("other"));
    }

    @Test
    void keyIsForItsOwnerOnly() throws Exception {
        startHaproxy();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("webhook.pem"))))
                .isEqualTo("rw-------");
        assertThat(haproxy.log()).doesNotContain("PRIVATE");
    }

    private void startHaproxy() throws IOException {
        startHaproxy(UnaryOperator.identity());
    }

    /** Until both operators are known to be ready. */
    private void startHaproxy(UnaryOperator<String> change) throws IOException {
        proxy.trust(first.caPem());
        proxy.serve(first.certificatePem() + first.keyPem());
        proxy.replicas(List.of(OTHER));
        proxy.answer(List.of(PathToken.of(first).hash()), false);
        await().until(() -> Files.exists(folder.resolve("webhook.pem")));
        haproxy.with(change).start();
        toClose.addFirst(haproxy);
        await().until(() -> haproxy.log().contains("Server operators/local is UP")
                && haproxy.log().contains("Server operators/peer1 is UP"));
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), haproxy.port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private HttpServer ready(String address) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, readiness), 0);
        server.createContext("/readyz", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
        toClose.add(() -> server.stop(0));
        return server;
    }

    private String whoAnswers(String path) {
        return whoAnswers(path, "");
    }

    private String whoAnswers(String path, String padding) {
        return who(first, path, padding);
    }

    private String whoIs(ServingCertificate trusted) {
        return who(trusted, "/who", "");
    }

    private String who(ServingCertificate trusted, String path, String padding) {
        try {
            Answer answer = post(trusted, path, review(padding));
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            return answer.text().replaceAll("(?s).*\"warnings\":\\[\"([a-z]+)\"\\].*", "$1");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String review() {
        return review("");
    }

    private static String review(String padding) {
        return """
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                 "request": {"uid": "u-1", "name": "%s"}}""".formatted(padding);
    }

    private Answer post(ServingCertificate trusted, String path, String body)
            throws IOException, GeneralSecurityException {
        URI uri = URI.create(
                "https://localhost:" + haproxy.port + PathToken.of(first).path(path));
        HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
        connection.setSSLSocketFactory(trusted.trust().getSocketFactory());
        connection.setHostnameVerifier((host, session) -> true); // the certificate has the Service's name
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream in = status == 200 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(
                    status,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8),
                    String.valueOf(connection.getHeaderField("connection")));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
