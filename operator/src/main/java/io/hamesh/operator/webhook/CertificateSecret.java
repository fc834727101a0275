package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The Secret by which all replicas of the operator agree on one certificate, and the renewal of what is in it. */
final class CertificateSecret {
    static final String NAME = "hamesh-webhook-tls";

    private static final String DEPLOYMENT = "hamesh-operator";
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final String namespace;
    private final String dnsName;
    private final CertificateMaker maker;
    private final Duration renewBefore;

    CertificateSecret(KubernetesClient client, String namespace, String dnsName, Duration lifetime) {
        this.client = client;
        this.namespace = namespace;
        this.dnsName = dnsName;
        this.maker = new CertificateMaker(lifetime);
        this.renewBefore = lifetime.dividedBy(3); // many tries before the end
    }

    /**
     * The certificate that everybody should serve, made or renewed here if need be.
     *
     * @param served what this replica serves now: it stays trusted for as long as it is good, whatever became of the Secret
     */
    ServingCertificate currentOrRenewed(Instant now, Optional<ServingCertificate> served) {
        Optional<Secret> found = found();
        Optional<ServingCertificate> stored = found.map(CertificateSecret::read);
        ServingCertificate next = stored.filter(certificate -> certificate.isGood(dnsName, now, renewBefore))
                .orElseGet(() -> maker.make(dnsName, now));
        for (ServingCertificate before :
                Stream.concat(stored.stream(), served.stream()).toList()) {
            next = before.isGood(dnsName, now, Duration.ZERO) ? next.trusting(before) : next;
        }
        return stored.filter(next::equals).isPresent() ? next : write(found, next);
    }

    /** From when on {@link #currentOrRenewed} makes another. */
    Instant renewalOf(ServingCertificate certificate) throws GeneralSecurityException {
        return certificate.end().minus(renewBefore);
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
}
