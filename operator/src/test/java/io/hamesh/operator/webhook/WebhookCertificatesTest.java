package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.webhookproxy.WebhookProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@EnableKubernetesMockClient(crud = true)
class WebhookCertificatesTest {
    private static final String NAMESPACE = "hamesh-system";
    private static final String CONFIGURATIONS = "hamesh";

    /** Below the minute after which the certificates are looked at whether anything changed or not. */
    private static final Duration SOON = Duration.ofSeconds(20);

    private @Nullable KubernetesClient client;
    private @Nullable WebhookCertificates certificates;

    @BeforeEach
    void start(@TempDir Path folder) {
        client().resource(new MutatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName(CONFIGURATIONS)
                        .endMetadata()
                        .addNewWebhook()
                        .withName("pods.hamesh.io")
                        .withNewClientConfig()
                        .endClientConfig()
                        .endWebhook()
                        .build())
                .create();
        client().resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName(CONFIGURATIONS)
                        .endMetadata()
                        .build())
                .create();
        certificates = new WebhookCertificates(
                client(),
                NAMESPACE,
                "hamesh-webhook",
                CONFIGURATIONS,
                Duration.ofHours(1),
                new WebhookProxy(folder, 9444, new Health()),
                new Health());
        certificates().start();
        await().atMost(SOON)
                .until(() -> certificates().areTrusted() && certificates().isWatching());
    }

    @AfterEach
    void close() {
        certificates().close();
    }

    @Test
    void whatIsServedIsInTheSecretAndTrustedByTheApiServer() {
        ServingCertificate served = certificates().served().orElseThrow();

        assertThat(secret("tls.crt")).isEqualTo(served.certificatePem());
        assertThat(secret("ca.crt")).isEqualTo(served.caPem());
        assertThat(bundle()).isEqualTo(served.caPem());
        assertThat(served.isGood("hamesh-webhook.hamesh-system.svc", Instant.now(), Duration.ofMinutes(59)))
                .isTrue();
    }

    @Test
    void bundleThatSomebodyChangedIsPutRightAtOnce() {
        String before = bundle();
        mutating().edit(configuration -> {
            configuration.getWebhooks().getFirst().getClientConfig().setCaBundle("");
            return configuration;
        });

        await().atMost(SOON).until(() -> bundle().equals(before));
    }

    @Test
    void secretThatSomebodyDeletedIsMadeAgainAndTheOldCertificateStaysTrusted() {
        ServingCertificate before = certificates().served().orElseThrow();
        client().secrets()
                .inNamespace(NAMESPACE)
                .withName(CertificateSecret.NAME)
                .delete();

        await().atMost(SOON).until(() -> bundle().contains(before.ownCa()) && !bundle().equals(before.caPem()));
        assertThat(secret("ca.crt")).isEqualTo(bundle());
    }

    @Test
    void nothingIsWatchedAfterTheEnd() {
        certificates().close();

        await().atMost(SOON).until(() -> !certificates().isWatching());
    }

    private KubernetesClient client() {
        return Objects.requireNonNull(client);
    }

    private WebhookCertificates certificates() {
        return Objects.requireNonNull(certificates);
    }

    private Resource<MutatingWebhookConfiguration> mutating() {
        return client().admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(CONFIGURATIONS);
    }

    private String bundle() {
        String bundle =
                mutating().get().getWebhooks().getFirst().getClientConfig().getCaBundle();
        return text(Objects.requireNonNullElse(bundle, ""));
    }

    private String secret(String key) {
        return text(Objects.requireNonNull(client().secrets()
                .inNamespace(NAMESPACE)
                .withName(CertificateSecret.NAME)
                .get()
                .getData()
                .get(key)));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }
}
