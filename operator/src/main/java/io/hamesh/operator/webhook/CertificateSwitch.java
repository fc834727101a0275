package io.hamesh.operator.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate is served while one replaces another: the new one only once the API servers have had time to learn of
 * its CA, because a review that meets a certificate not yet trusted is a refused pod.
 */
final class CertificateSwitch {
    /** API servers follow the webhook configurations by a watch of their own, each at its own pace. */
    static final Duration PROPAGATION = Duration.ofSeconds(5);

    private @Nullable ServingCertificate served;
    private @Nullable ServingCertificate next;
    private Instant nextTrusted = Instant.MAX;

    Optional<ServingCertificate> served() {
        return Optional.ofNullable(served);
    }

    /** What to serve now that the webhook configurations were seen to trust {@code stored}. */
    ServingCertificate trusted(ServingCertificate stored, Instant now) {
        ServingCertificate current = served;
        if (current == null || current.hasLeafOf(stored)) {
            return serve(stored);
        }
        if (next == null || !next.hasLeafOf(stored)) {
            next = stored;
            nextTrusted = now;
        }
        return due().isAfter(now) ? current : serve(stored);
    }

    /** When to look again for the sake of the certificate that waits; far away where none does. */
    Instant due() {
        return next == null ? Instant.MAX : nextTrusted.plus(PROPAGATION);
    }

    private ServingCertificate serve(ServingCertificate certificate) {
        served = certificate;
        next = null;
        return certificate;
    }
}
