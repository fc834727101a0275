package io.hamesh.operator;

import io.hamesh.operator.ownership.Ownership;
import io.hamesh.operator.registration.Registration;
import io.hamesh.operator.webhook.AdmissionHandler;
import io.hamesh.operator.webhook.WebhookCertificates;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** What the operator counts. */
final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    MeterRegistry registry() {
        return registry;
    }

    /** The same handler, timed, by whether it let the object pass. */
    AdmissionHandler timed(String webhook, AdmissionHandler handler) {
        return request -> {
            Timer.Sample sample = Timer.start(registry);
            var answer = handler.review(request);
            sample.stop(registry.timer(
                    "hamesh.admission.reviews",
                    "webhook",
                    webhook,
                    "allowed",
                    Boolean.toString(Boolean.TRUE.equals(answer.getAllowed()))));
            return answer;
        };
    }

    void observe(Registration registration, Ownership ownership, Leadership leadership) {
        registry.gauge("hamesh.services.claimed", ownership, Ownership::held);
        registry.gauge("hamesh.pods.registered", registration, Registration::registered);
        registry.gauge("hamesh.pods.open.beyond.loopback", registration, Registration::openBeyondLoopback);
        registry.gauge("hamesh.pods.open.ports.unknown", registration, Registration::openPortsUnknown);
        registry.gauge("hamesh.leader", leadership, leader -> leader.isLeading() ? 1 : 0);
    }

    void observe(WebhookCertificates certificates) {
        registry.gauge("hamesh.webhook.trusted", certificates, trust -> trust.areTrusted() ? 1 : 0);
    }

    String scrape() {
        return registry.scrape();
    }
}
