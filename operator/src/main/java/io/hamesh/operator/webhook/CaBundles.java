package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

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
        boolean mutating = mutating(bundle);
        return validating(bundle) && mutating;
    }

    private boolean mutating(String bundle) {
        var resource = client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(configurations);
        MutatingWebhookConfiguration found = resource.get();
        if (found == null) {
            return false;
        }
        if (found.getWebhooks().stream()
                .anyMatch(hook -> !bundle.equals(hook.getClientConfig().getCaBundle()))) {
            resource.edit(configuration -> {
                var changed = new MutatingWebhookConfigurationBuilder(configuration);
                for (int i = 0; i < configuration.getWebhooks().size(); i++) {
                    changed.editWebhook(i)
                            .editClientConfig()
                            .withCaBundle(bundle)
                            .endClientConfig()
                            .endWebhook();
                }
                return changed.build();
            });
        }
        return true;
    }

    private boolean validating(String bundle) {
        var resource = client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(configurations);
        ValidatingWebhookConfiguration found = resource.get();
        if (found == null) {
            return false;
        }
        if (found.getWebhooks().stream()
                .anyMatch(hook -> !bundle.equals(hook.getClientConfig().getCaBundle()))) {
            resource.edit(configuration -> {
                var changed = new ValidatingWebhookConfigurationBuilder(configuration);
                for (int i = 0; i < configuration.getWebhooks().size(); i++) {
                    changed.editWebhook(i)
                            .editClientConfig()
                            .withCaBundle(bundle)
                            .endClientConfig()
                            .endWebhook();
                }
                return changed.build();
            });
        }
        return true;
    }
}
