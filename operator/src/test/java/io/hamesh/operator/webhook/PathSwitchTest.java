package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.webhook.PathSwitch.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathSwitchTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Optional<PathToken> PLAIN = Optional.empty();

    private final CertificateMaker maker = new CertificateMaker(Duration.ofDays(1));
    private final ServingCertificate certificate = maker.make("webhook", NOON);
    private final PathToken first = PathToken.of(certificate);
    private final PathToken second = PathToken.of(maker.make("webhook", NOON));
    private final PathSwitch paths = new PathSwitch();

    @Test
    void tokenFollowsFromTheKeyAlone() {
        assertThat(first.hex()).matches(PathToken.DIGITS).isNotEqualTo(second.hex());
        assertThat(PathToken.of(certificate.trusting(maker.make("webhook", NOON))))
                .isEqualTo(first);
        assertThat(first.path("/inject")).isEqualTo("/" + first.hex() + "/inject");
        assertThat(first.hash()).matches("[0-9A-F]{64}");
        assertThat(first.toString()).doesNotContain(first.hex());
    }

    @Test
    void plainPathStaysWhileAPodKnowsNoOther() {
        State upgrading = new State(Set.of(PLAIN), first, first, false);
        assertThat(paths.toWrite(upgrading)).isEmpty();
        assertThat(paths.answered(upgrading, NOON)).containsExactlyInAnyOrder(PLAIN, Optional.of(first));
        State upgraded = new State(Set.of(PLAIN), first, first, true);
        assertThat(paths.toWrite(upgraded)).contains(Optional.of(first));
    }

    @Test
    void plainPathIsAnsweredForAMomentMore() {
        paths.answered(new State(Set.of(PLAIN), first, first, true), NOON);
        State now = new State(Set.of(Optional.of(first)), first, first, true);
        assertThat(paths.answered(now, NOON.plusSeconds(5))).contains(PLAIN);
        assertThat(paths.isSettled(now)).isFalse();
        Instant later = NOON.plus(PathSwitch.ANSWERED_ON).plusSeconds(1);
        assertThat(paths.answered(now, later)).containsExactly(Optional.of(first));
        assertThat(paths.isSettled(now)).isTrue();
    }

    @Test
    void rollbackBringsThePlainPathBackAndItIsAnsweredBefore() {
        State rollingBack = new State(Set.of(Optional.of(first)), first, first, false);
        assertThat(paths.toWrite(rollingBack)).contains(PLAIN);
        assertThat(paths.answered(rollingBack, NOON)).contains(PLAIN);
    }

    @Test
    void renewedPathIsAskedOnceAllServeItsCertificate() {
        State renewed = new State(Set.of(Optional.of(first)), second, first, true);
        assertThat(paths.toWrite(renewed)).isEmpty();
        assertThat(paths.answered(renewed, NOON)).contains(Optional.of(first), Optional.of(second));
        State served = new State(Set.of(Optional.of(first)), second, second, true);
        assertThat(paths.toWrite(served)).contains(Optional.of(second));
        assertThat(paths.answered(served, NOON.plusSeconds(5))).contains(Optional.of(first), Optional.of(second));
    }

    @Test
    void replicaThatStillServesTheOneBeforeDoesNotTakeItBack() {
        assertThat(paths.toWrite(new State(Set.of(Optional.of(second)), second, first, true)))
                .isEmpty();
    }

    @Test
    void whatSomebodySpoiltIsRightAgain() {
        PathToken other = new PathToken("0".repeat(32));
        assertThat(paths.toWrite(new State(Set.of(Optional.of(other)), first, first, true)))
                .contains(Optional.of(first));
        assertThat(paths.toWrite(new State(Set.of(Optional.of(first), PLAIN), first, first, true)))
                .contains(Optional.of(first));
        assertThat(paths.toWrite(new State(Set.of(), first, first, true))).isEmpty();
    }
}
