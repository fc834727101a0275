package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;
import java.util.stream.Stream;

/** Tells the API server whom to trust: the {@code caBundle} of both webhook configurations. */
final class CaBundles {
    private final KubernetesClient client;
    private final String configurations;

    CaBundles(KubernetesClient client, String configurations) {
        this.client = client;
        this.configurations = configurations;
    }

    /**
     * Writes the bundle wherever it differs; an upgrade of the chart may have wiped it.
     *
     * @return whether both configurations exist, and now carry it
     */
    boolean put(String caPem) {
        String bundle = Base64.getEncoder().encodeToString(caPem.getBytes(StandardCharsets.UTF_8));
        var api = client.admissionRegistration().v1();
        boolean mutating = put(
                bundle,
                api.mutatingWebhookConfigurations().withName(configurations),
                configuration -> configuration.getWebhooks().stream().map(MutatingWebhook::getClientConfig));
        boolean validating = put(
                bundle,
                api.validatingWebhookConfigurations().withName(configurations),
                configuration -> configuration.getWebhooks().stream().map(ValidatingWebhook::getClientConfig));
        return mutating && validating;
    }

    private static <T> boolean put(
            String bundle, Resource<T> resource, Function<T, Stream<WebhookClientConfig>> webhooks) {
        T found = resource.get();
        if (found == null) {
            return false;
        }
        if (webhooks.apply(found).anyMatch(webhook -> !bundle.equals(webhook.getCaBundle()))) {
            resource.edit(configuration -> {
                webhooks.apply(configuration).forEach(webhook -> webhook.setCaBundle(bundle));
                return configuration;
            });
        }
        return true;
    }
}
