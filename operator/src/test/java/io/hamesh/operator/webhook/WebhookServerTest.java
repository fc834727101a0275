package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookServerTest {
    private static final String REVIEW = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1"}}""";

    private static final Duration LIFETIME = Duration.ofDays(365);

    private final CertificateMaker maker = new CertificateMaker(LIFETIME);
    private final ServingCertificate first = maker.make("localhost", Instant.now());
    private final ServingCertificate second = maker.make("localhost", Instant.now());
    private final HotKeyManager keys = new HotKeyManager();
    private WebhookServer server;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        keys.serve(first);
        server = new WebhookServer(0, keys.context())
                .route("/yes", request -> AdmissionAnswers.allowed(List.of("mind this")))
                .route("/no", request -> AdmissionAnswers.refused("spec.x: wrong"))
                .route("/broken", request -> {
                    throw new IllegalStateException("secret detail");
                })
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answerCarriesTheRequestsUid() throws Exception {
        assertThat(post(first, "/yes", REVIEW).body())
                .contains("\"uid\":\"u-1\"", "\"allowed\":true", "\"warnings\":[\"mind this\"]")
                .contains("\"apiVersion\":\"admission.k8s.io/v1\"", "\"kind\":\"AdmissionReview\"");
        assertThat(post(first, "/no", REVIEW).body()).contains("\"allowed\":false", "spec.x: wrong", "422");
    }

    @Test
    void failureOfAHandlerIsNoAnswerAndTellsNothing() throws Exception {
        HttpResponse<String> response = post(first, "/broken", REVIEW);
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).doesNotContain("secret detail");
    }

    @Test
    void whatIsNoReviewIsNoAnswer() throws Exception {
        assertThat(post(first, "/yes", "{}").statusCode()).isEqualTo(500);
        assertThat(post(first, "/yes", "not json").statusCode()).isEqualTo(500);
        assertThat(post(first, "/yes/further", REVIEW).statusCode()).isEqualTo(404);
    }

    @Test
    void renewedCertificateIsServedToTheNextConnection() throws Exception {
        assertThatThrownBy(() -> post(second, "/yes", REVIEW)).isInstanceOf(SSLException.class);
        keys.serve(second);
        assertThat(post(second, "/yes", REVIEW).statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> post(first, "/yes", REVIEW)).isInstanceOf(SSLException.class);
    }

    @Test
    void drainingServerAnswersAndEndsTheConnection() throws Exception {
        assertThat(post(first, "/yes", REVIEW).headers().firstValue("Connection"))
                .isEmpty();
        server.drain();
        HttpResponse<String> last = post(first, "/yes", REVIEW);
        assertThat(last.statusCode()).isEqualTo(200);
        assertThat(last.headers().firstValue("Connection")).contains("close");
    }

    @Test
    void certificateIsGoodUntilTheMarginBeforeItsEnd() {
        Instant now = Instant.now();
        Duration month = Duration.ofDays(30);
        assertThat(first.isGood("localhost", now, month)).isTrue();
        assertThat(first.isGood("localhost", now.plus(LIFETIME).minus(month), month))
                .isFalse();
        assertThat(first.isGood("elsewhere", now, month)).isFalse();
        assertThat(new ServingCertificate("", "", "").isGood("localhost", now, month))
                .isFalse();
    }

    @Test
    void keyNeverShowsInText() {
        assertThat(first.toString()).doesNotContain("PRIVATE");
    }

    private HttpResponse<String> post(ServingCertificate trusted, String path, String body) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(trusted.trust()).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + path))
                    .POST(BodyPublishers.ofString(body))
                    .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
