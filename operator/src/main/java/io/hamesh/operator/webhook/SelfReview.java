package io.hamesh.operator.webhook;

import io.hamesh.operator.health.Health;
import io.hamesh.operator.health.Heartbeat;
import io.hamesh.operator.work.Loop;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks this replica's own webhook, over TLS, trusting the CA that the API server is told to trust, and then by way of
 * the HAProxy in front of it, as the API server does. It answers for readiness what no flag can: that a review sent
 * here now is answered. And it asks so often at first that no pod of anybody's waits for a cold JVM (a first review was
 * seen to take more than 5 s on a busy node).
 */
public final class SelfReview implements AutoCloseable {
    /**
     * A review to ask; any answer will do.
     *
     * @param path of the handler
     * @param json the AdmissionReview, a dry run
     */
    public record Example(String path, String json) {}

    private static final Logger LOG = LoggerFactory.getLogger(SelfReview.class);
    private static final int WARM_UP = 30;
    private static final int FAILURES_IN_A_ROW = 3;
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMinutes(3);

    private final WebhookServer server;
    private final int proxyPort;
    private final WebhookCertificates certificates;
    private final List<Example> examples;
    private final Heartbeat answers;
    private final Loop asking;
    private volatile boolean answered;
    private int failures;

    /** @param proxyPort the port of the HAProxy in front of the server */
    public SelfReview(
            WebhookServer server,
            int proxyPort,
            WebhookCertificates certificates,
            List<Example> examples,
            Health health) {
        this.server = server;
        this.proxyPort = proxyPort;
        this.certificates = certificates;
        this.examples = List.copyOf(examples);
        this.answers = health.heartbeat("webhook", SILENCE);
        this.asking = new Loop("self-review", SILENCE, this::review, health);
        health.needs("webhook", () -> answered, "it has not answered a review of its own yet, or not lately");
    }

    public SelfReview start() {
        asking.start();
        return this;
    }

    @Override
    public void close() {
        asking.close();
        answers.rest();
    }

    private Duration review() {
        Optional<ServingCertificate> served = certificates.served();
        boolean good = served.isPresent() && isAnswered(served.get());
        return good ? EVERY : RETRY;
    }

    private boolean isAnswered(ServingCertificate served) {
        long start = System.nanoTime();
        try {
            SSLSocketFactory trust = served.trust().getSocketFactory();
            for (int i = 0; i < (answered ? 1 : WARM_UP); i++) {
                for (Example example : examples) {
                    ask(server.port(), example, trust);
                }
            }
            PathToken secret = PathToken.of(served);
            for (Example example : examples) {
                ask(proxyPort, new Example(secret.path(example.path()), example.json()), trust);
            }
        } catch (IOException | GeneralSecurityException e) {
            failed(e);
            return false;
        }
        if (!answered) {
            LOG.atInfo()
                    .addKeyValue(
                            "ms", Duration.ofNanos(System.nanoTime() - start).toMillis())
                    .log("webhook answers");
        }
        answered = true;
        failures = 0;
        answers.beat();
        return true;
    }

    private void failed(Exception e) {
        failures++;
        answered = answered && failures < FAILURES_IN_A_ROW;
        LOG.atWarn().addKeyValue("error", e.toString()).log("webhook does not answer its own review");
    }

    private void ask(int port, Example example, SSLSocketFactory trust) throws IOException {
        Loop.signOfLife();
        URI uri = URI.create("https://127.0.0.1:" + port + example.path());
        HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
        connection.setSSLSocketFactory(trust);
        // That CA signed this one certificate, for the Service's name, and its key is gone: no other can be met here.
        connection.setHostnameVerifier((host, session) -> true);
        connection.setConnectTimeout((int) TIMEOUT.toMillis());
        connection.setReadTimeout((int) TIMEOUT.toMillis());
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (OutputStream body = connection.getOutputStream()) {
            body.write(example.json().getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            // not the JDK's own exception, which names the path
            connection.disconnect();
            throw new IOException("port " + port + " answers " + status);
        }
        try (var answer = connection.getInputStream()) {
            answer.readAllBytes();
        }
    }
}
