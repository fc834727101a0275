package io.hamesh.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.injection.PodAdmission;
import io.hamesh.operator.injection.PodInjector;
import io.hamesh.operator.intention.Intentions;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.webhook.WebhookCertificates;
import io.hamesh.operator.webhook.WebhookServer;
import java.io.IOException;
import java.security.GeneralSecurityException;

/** What every replica does: answers the API server's admission reviews, from its first ready moment to its last. */
final class Admission implements AutoCloseable {
    private static final int PORT = 9443;
    private static final String SERVICE = "hamesh-webhook";
    private static final String CONFIGURATIONS = "hamesh";

    private final WebhookCertificates certificates;
    private final WebhookServer server;

    Admission(
            OperatorSettings settings,
            KubernetesClient client,
            Intentions intentions,
            ServiceNames names,
            Metrics metrics,
            Health health)
            throws IOException, GeneralSecurityException {
        certificates = new WebhookCertificates(
                client, settings.namespace(), SERVICE, CONFIGURATIONS, settings.certificateLifetime(), health);
        var injection = new PodAdmission(
                new PodInjector(settings.mesh()), (service, namespace) -> names.refusal(service, namespace)
                        .map(why -> why.message("choose another name")));
        server = new WebhookServer(PORT, certificates.context())
                .route("/inject", metrics.timed("inject", injection))
                .route(
                        "/validate-serviceintention",
                        metrics.timed("validate-serviceintention", intentions.admission()));
        health.needs(
                "certificate", certificates::areTrusted, "the webhook configurations do not trust the webhook yet");
        health.needs("intentions", intentions::areKnown, "the ServiceIntentions of the cluster are not known yet");
        metrics.observe(certificates);
    }

    void start() {
        server.start();
        certificates.start();
    }

    /** Answers on, and bids the API server to ask elsewhere from now on: each connection ends with its next answer. */
    void drain() {
        server.drain();
    }

    @Override
    public void close() {
        server.close();
        certificates.close();
    }
}
