package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateSwitchTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final CertificateMaker maker = new CertificateMaker(HOUR);
    private final ServingCertificate first = maker.make("webhook", NOON);
    private final ServingCertificate second = maker.make("webhook", NOON).trusting(first);
    private final CertificateSwitch certificates = new CertificateSwitch();

    @Test
    void firstCertificateIsServedAtOnce() {
        assertThat(certificates.trusted(first, NOON)).isEqualTo(first);
        assertThat(certificates.due()).isEqualTo(Instant.MAX);
    }

    @Test
    void renewedOneIsServedOnceTheApiServersKnowItsCa() {
        certificates.trusted(first, NOON);
        assertThat(certificates.trusted(second, NOON.plusSeconds(60))).isEqualTo(first);
        assertThat(certificates.due()).isEqualTo(NOON.plusSeconds(65));
        assertThat(certificates.trusted(second, NOON.plusSeconds(64))).isEqualTo(first);
        assertThat(certificates.trusted(second, NOON.plusSeconds(65))).isEqualTo(second);
        assertThat(certificates.served()).contains(second);
    }

    @Test
    void oneThatIsReplacedBeforeItWasServedNeverIs() {
        ServingCertificate third = maker.make("webhook", NOON).trusting(first);
        certificates.trusted(first, NOON);
        certificates.trusted(second, NOON.plusSeconds(60));
        assertThat(certificates.trusted(third, NOON.plusSeconds(65))).isEqualTo(first);
        assertThat(certificates.trusted(third, NOON.plusSeconds(70))).isEqualTo(third);
    }

    @Test
    void moreTrustForTheSameLeafIsNoChange() {
        certificates.trusted(second, NOON);
        assertThat(certificates.trusted(second.trusting(maker.make("webhook", NOON)), NOON.plusSeconds(1)))
                .matches(second::hasLeafOf);
        assertThat(certificates.due()).isEqualTo(Instant.MAX);
    }

    @Test
    void spoiltTextIsNoGoodCertificateAndNoFailure() {
        String spoilt = second.keyPem().replace("\n-----END", "*\n-----END");
        var withSpoiltKey = new ServingCertificate(second.caPem(), second.certificatePem(), spoilt);
        var withHalfACa =
                new ServingCertificate("-----BEGIN CERTIFICATE-----", second.certificatePem(), second.keyPem());

        assertThat(second.isGood("webhook", NOON, Duration.ZERO)).isTrue();
        assertThat(withSpoiltKey.isGood("webhook", NOON, Duration.ZERO)).isFalse();
        assertThat(first.trusting(withHalfACa)).isEqualTo(first);
    }

    @Test
    void caOfAnotherIsTrustedOnceAndTheOwnComesFirst() {
        assertThat(second.caPem()).isEqualTo(second.ownCa() + first.ownCa());
        assertThat(second.trusting(first)).isEqualTo(second);
        assertThat(second.trusting(second)).isEqualTo(second);
        assertThat(second.ownCa()).isNotEqualTo(first.ownCa()).startsWith("-----BEGIN");
    }
}
