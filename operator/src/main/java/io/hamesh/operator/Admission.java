package io.hamesh.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.model.ProbeSecret;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.injection.PodAdmission;
import io.hamesh.operator.injection.PodInjector;
import io.hamesh.operator.intention.Intentions;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.webhook.SelfReview;
import io.hamesh.operator.webhook.SelfReview.Example;
import io.hamesh.operator.webhook.WebhookCertificates;
import io.hamesh.operator.webhook.WebhookServer;
import io.hamesh.operator.webhookproxy.Replicas;
import io.hamesh.operator.webhookproxy.WebhookProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;

/** What every replica does: answers the API server's admission reviews, from its first ready moment to its last. */
final class Admission implements AutoCloseable {
    /** On loopback; other replicas come by way of this pod's HAProxy. */
    private static final int PORT = 9445;

    private static final int PROXY_PORT = 9443;
    private static final int REPLICA_PORT = 9444;

    /** Shared with the HAProxy of this pod, and in memory. */
    private static final Path PROXY_FOLDER = Path.of("/run/hamesh");

    private static final String SERVICE = "hamesh-webhook";
    private static final String CONFIGURATIONS = "hamesh";

    private final WebhookProxy proxy;
    private final Replicas replicas;
    private final WebhookCertificates certificates;
    private final WebhookServer server;
    private final SelfReview selfReview;

    /** @param identity the name of this pod */
    Admission(
            OperatorSettings settings,
            String identity,
            KubernetesClient client,
            Intentions intentions,
            ServiceNames names,
            Metrics metrics,
            Health health)
            throws IOException, GeneralSecurityException {
        proxy = new WebhookProxy(PROXY_FOLDER, REPLICA_PORT, health);
        replicas = new Replicas(client, settings.namespace(), identity, proxy);
        certificates = new WebhookCertificates(
                client, settings.namespace(), SERVICE, CONFIGURATIONS, settings.certificateLifetime(), proxy, health);
        var injection = new PodAdmission(
                new PodInjector(settings.mesh(OwnDns.read()), ProbeSecret::random),
                (service, namespace) ->
                        names.admissionRefusal(service, namespace).map(why -> why.message("choose another name")));
        server = new WebhookServer(PORT, certificates.context())
                .route("/inject", metrics.timed("inject", injection))
                .route(
                        "/validate-serviceintention",
                        metrics.timed("validate-serviceintention", intentions.admission()));
        selfReview = new SelfReview(
                server,
                PROXY_PORT,
                certificates,
                List.of(example("/inject", "pod.json"), example("/validate-serviceintention", "serviceintention.json")),
                health);
        health.needs(
                "certificate", certificates::areTrusted, "the webhook configurations do not trust the webhook yet");
        health.needs("intentions", intentions::areKnown, "the ServiceIntentions of the cluster are not known yet");
        metrics.observe(certificates);
    }

    void start() {
        proxy.start();
        replicas.start();
        certificates.start();
    }

    /** From now on reviews are answered; before, the HAProxy of this pod passes them on to other replicas. */
    void answer() {
        server.start();
        selfReview.start();
    }

    /** Answers on, and bids the API server to ask elsewhere from now on: each connection ends with its next answer. */
    void drain() {
        server.drain();
    }

    private static Example example(String path, String resource) throws IOException {
        try (var stream = Admission.class.getResourceAsStream("/self-review/" + resource)) {
            return new Example(
                    path, new String(Objects.requireNonNull(stream, resource).readAllBytes(), UTF_8));
        }
    }

    @Override
    public void close() {
        selfReview.close();
        server.close();
        certificates.close();
        replicas.close();
        proxy.close();
    }
}
