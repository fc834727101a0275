package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ServiceReference;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the API server where to ask: the {@code path} in both webhook configurations, plain or with a token before it. */
final class WebhookPaths {
    private static final Pattern PATH = Pattern.compile("(?:/(" + PathToken.DIGITS + "))?(/.*)");

    private final KubernetesClient client;
    private final String configurations;

    WebhookPaths(KubernetesClient client, String configurations) {
        this.client = client;
        this.configurations = configurations;
    }

    /** What stands there now, empty for a plain path; several where the configurations differ. */
    Set<Optional<PathToken>> asked() {
        return Stream.concat(
                        Stream.ofNullable(mutating().get()).flatMap(found -> services(found.getWebhooks(), MUTATING)),
                        Stream.ofNullable(validating().get())
                                .flatMap(found -> services(found.getWebhooks(), VALIDATING)))
                .map(service -> token(service.getPath()))
                .collect(Collectors.toSet());
    }

    /** Writes it before each path; empty makes the paths plain. */
    void put(Optional<PathToken> token) {
        mutating().edit(configuration -> {
            services(configuration.getWebhooks(), MUTATING).forEach(service -> put(service, token));
            return configuration;
        });
        validating().edit(configuration -> {
            services(configuration.getWebhooks(), VALIDATING).forEach(service -> put(service, token));
            return configuration;
        });
    }

    private static final Function<MutatingWebhook, WebhookClientConfig> MUTATING = MutatingWebhook::getClientConfig;
    private static final Function<ValidatingWebhook, WebhookClientConfig> VALIDATING =
            ValidatingWebhook::getClientConfig;

    private static <T> Stream<ServiceReference> services(
            List<T> webhooks, Function<T, WebhookClientConfig> clientConfig) {
        return webhooks.stream()
                .flatMap(
                        webhook -> Stream.ofNullable(clientConfig.apply(webhook).getService()));
    }

    private static Optional<PathToken> token(String path) {
        Matcher matcher = PATH.matcher(path == null ? "" : path);
        return matcher.matches() ? Optional.ofNullable(matcher.group(1)).map(PathToken::new) : Optional.empty();
    }

    private static void put(ServiceReference service, Optional<PathToken> token) {
        Matcher matcher = PATH.matcher(service.getPath() == null ? "" : service.getPath());
        if (matcher.matches()) {
            String plain = matcher.group(2);
            service.setPath(token.map(secret -> secret.path(plain)).orElse(plain));
        }
    }

    private Resource<MutatingWebhookConfiguration> mutating() {
        return client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(configurations);
    }

    private Resource<ValidatingWebhookConfiguration> validating() {
        return client.admissionRegistration()
                .v1()
                .validatingWebhookConfigurations()
                .withName(configurations);
    }
}
