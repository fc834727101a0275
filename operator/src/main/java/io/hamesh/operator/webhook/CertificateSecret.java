package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Secret by which all replicas of the operator agree on one certificate. */
final class CertificateSecret {
    static final String NAME = "hamesh-webhook-tls";

    private static final String DEPLOYMENT = "hamesh-operator";
    private static final int CONFLICT = 409;

    /** A third of the lifetime: many tries before the end. */
    private static final Duration RENEW_BEFORE = CertificateMaker.LIFETIME.dividedBy(3);

    private final KubernetesClient client;
    private final String namespace;
    private final String dnsName;
    private final CertificateMaker maker = new CertificateMaker();

    CertificateSecret(KubernetesClient client, String namespace, String dnsName) {
        this.client = client;
        this.namespace = namespace;
        this.dnsName = dnsName;
    }

    /** The certificate that everybody serves, made or renewed here if need be. */
    ServingCertificate current(Instant now) {
        Optional<Secret> found = found();
        Optional<ServingCertificate> stored = found.map(CertificateSecret::read);
        if (stored.isPresent() && stored.get().isGood(dnsName, now, RENEW_BEFORE)) {
            return stored.get();
        }
        ServingCertificate fresh = maker.make(dnsName, now);
        // Replicas that still serve the certificate before stay trusted, as long as that one is good.
        ServingCertificate next = stored.filter(before -> before.isGood(dnsName, now, Duration.ZERO))
                .map(before -> new ServingCertificate(
                        fresh.caPem() + firstOf(before.caPem()), fresh.certificatePem(), fresh.keyPem()))
                .orElse(fresh);
        return write(found, next);
    }

    private ServingCertificate write(Optional<Secret> before, ServingCertificate certificate) {
        Secret secret = secret(before, certificate);
        try {
            var resource = client.secrets().inNamespace(namespace).resource(secret);
            if (before.isPresent()) {
                resource.update();
            } else {
                resource.create();
            }
            return certificate;
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
            return found().map(CertificateSecret::read).orElseThrow(() -> e); // another replica was first
        }
    }

    private Optional<Secret> found() {
        return Optional.ofNullable(
                client.secrets().inNamespace(namespace).withName(NAME).get());
    }

    private Secret secret(Optional<Secret> before, ServingCertificate certificate) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .withResourceVersion(before.map(secret -> secret.getMetadata().getResourceVersion())
                        .orElse(""))
                .withOwnerReferences(owner())
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withData(Map.of(
                        "ca.crt", base64(certificate.caPem()),
                        "tls.crt", base64(certificate.certificatePem()),
                        "tls.key", base64(certificate.keyPem())))
                .build();
    }

    /** The Secret goes with the Deployment, so that an uninstalled operator leaves no key behind. */
    private List<OwnerReference> owner() {
        Deployment deployment = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(DEPLOYMENT)
                .get();
        if (deployment == null) {
            return List.of();
        }
        return List.of(new OwnerReferenceBuilder()
                .withApiVersion("apps/v1")
                .withKind("Deployment")
                .withName(DEPLOYMENT)
                .withUid(deployment.getMetadata().getUid())
                .build());
    }

    private static ServingCertificate read(Secret secret) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        return new ServingCertificate(text(data, "ca.crt"), text(data, "tls.crt"), text(data, "tls.key"));
    }

    private static String text(Map<String, String> data, String key) {
        try {
            return new String(Base64.getDecoder().decode(data.getOrDefault(key, "")), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return ""; // not base64: no good certificate either
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String firstOf(String pems) {
        String end = "-----END CERTIFICATE-----\n";
        int at = pems.indexOf(end);
        return at < 0 ? pems : pems.substring(0, at + end.length());
    }
}
