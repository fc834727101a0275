package io.hamesh.operator;

import io.hamesh.operator.ownership.Ownership;
import io.hamesh.operator.ownership.PinnedName;
import io.hamesh.operator.registration.Registration;
import io.hamesh.operator.webhook.AdmissionHandler;
import io.hamesh.operator.webhook.WebhookCertificates;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What the operator counts. */
final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private final MultiGauge pinned = MultiGauge.builder("hamesh.service.names.pinned")
            .description("Names on which nothing lives, and that intentions keep for their namespaces")
            .register(registry);

    Metrics() {
        Stream.of(
                        new JvmMemoryMetrics(),
                        new JvmGcMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics())
                .forEach(binder -> binder.bindTo(registry));
    }

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
                    Boolean.toString(Boolean.TRUE.equals(answer.getAllowed())),
                    "dry_run",
                    Boolean.toString(Boolean.TRUE.equals(request.getDryRun()))));
            return answer;
        };
    }

    void observe(Registration registration, Ownership ownership, Leadership leadership) {
        registry.gauge("hamesh.services.claimed", ownership, Ownership::held);
        ownership.onPinned(names -> pinned.register(rows(names), true));
        registry.gauge("hamesh.pods.registered", registration, Registration::registered);
        registry.gauge("hamesh.pods.open.beyond.loopback", registration, Registration::openBeyondLoopback);
        registry.gauge("hamesh.pods.open.ports.unknown", registration, Registration::openPortsUnknown);
        registry.gauge("hamesh.leader", leadership, leader -> leader.isLeading() ? 1 : 0);
    }

    private static List<MultiGauge.Row<?>> rows(Collection<PinnedName> names) {
        return names.stream()
                .<MultiGauge.Row<?>>map(name -> MultiGauge.Row.of(
                        Tags.of(
                                "service",
                                name.service(),
                                "namespaces",
                                String.join(",", name.namespaces()),
                                "pinned_by",
                                String.join(", ", name.by())),
                        1))
                .toList();
    }

    void observe(WebhookCertificates certificates) {
        Gauge.builder("hamesh.webhook.certificate.expiry.timestamp", certificates, Metrics::end)
                .baseUnit("seconds")
                .description("When the certificate that is served ends, in seconds since 1970")
                .register(registry);
        registry.gauge("hamesh.webhook.trusted", certificates, trust -> trust.areTrusted() ? 1 : 0);
    }

    private static double end(WebhookCertificates certificates) {
        return certificates.end().map(Instant::getEpochSecond).orElse(0L);
    }

    String scrape() {
        return registry.scrape();
    }
}
