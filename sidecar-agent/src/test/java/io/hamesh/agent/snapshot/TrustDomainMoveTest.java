package io.hamesh.agent.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod that ran in {@code old.consul} hears of a Consul whose trust domain is {@code new.consul}. */
class TrustDomainMoveTest {
    private static final Instant START = Instant.parse("2026-11-28T00:00:00Z");
    private static final Endpoint ONE = new Endpoint("10.0.0.1", 20000);
    private static final Endpoint TWO = new Endpoint("10.0.0.2", 20000);
    private static final Policy ALLOW_WEB = new Policy(new TreeMap<>(Map.of("web", SourceVerdict.ALLOW)));
    private static final Policy DENY_WEB = new Policy(new TreeMap<>(Map.of("web", SourceVerdict.DENY)));

    private Instant now = START;
    private final SnapshotAssembler assembler = new SnapshotAssembler(
            ServiceSettings.named("www")
                    .port(OptionalInt.of(8080))
                    .protocol(Protocol.HTTP)
                    .upstreams(List.of(new Upstream("api", 9000)))
                    .build(),
            new PodAddresses(List.of("10.0.0.9"), true),
            () -> now);

    @BeforeEach
    void runInTheOldTrustDomain() {
        assembler.roots(new Roots("old.consul", List.of("OLD ROOT")));
        assembler.leaf(leaf("old.consul"));
        assembler.policy(ALLOW_WEB);
        assembler.protocol("api", Protocol.HTTP);
        assembler.endpoints("api", List.of(ONE));
    }

    @Test
    void bothAreTrustedAtOnceAndTheOldLeafIsShownUntilOthersTrustTheNew() throws InterruptedException {
        consulComesBackEmpty();
        assertThat(newest().leaf()).isEqualTo(leaf("old.consul"));
        assertThat(newest().roots()).containsExactly("NEW ROOT", "OLD ROOT");
        assertThat(newest().trustDomains()).isEqualTo(new TrustDomains("new.consul", Optional.of("old.consul")));
        assertThat(newest().upstreams().getFirst().identity()).isEqualTo(SpiffeId.of("new.consul", "dc1", "api"));
        after(TrustDomainMove.OLD_LEAF);
        assertThat(newest().leaf()).isEqualTo(leaf("new.consul"));
        assertThat(newest().roots()).containsExactly("NEW ROOT", "OLD ROOT");
    }

    @Test
    void oldCaIsForgottenInTheEnd() throws InterruptedException {
        consulComesBackEmpty();
        after(TrustDomainMove.OLD_CA);
        assertThat(newest().roots()).containsExactly("NEW ROOT");
        assertThat(newest().trustDomains()).isEqualTo(new TrustDomains("new.consul", Optional.empty()));
    }

    @Test
    void withoutANewLeafTheOldOneIsShownOnAndTheOldCaForgottenAllTheSame() throws InterruptedException {
        assembler.roots(new Roots("new.consul", List.of("NEW ROOT")));
        after(TrustDomainMove.OLD_LEAF);
        assertThat(newest().leaf()).isEqualTo(leaf("old.consul"));
        after(TrustDomainMove.OLD_CA);
        assertThat(newest().leaf()).isEqualTo(leaf("old.consul"));
        assertThat(newest().roots()).containsExactly("NEW ROOT");
        assertThat(newest().trustDomains().former()).isEmpty();
    }

    @Test
    void leafThatHasEndedIsNotShownOn() throws InterruptedException {
        now = START.plus(Duration.ofDays(3));
        consulComesBackEmpty();
        assertThat(newest().leaf()).isEqualTo(leaf("new.consul"));
    }

    @Test
    void emptyAnswersAreDoubtedForAWhile() throws InterruptedException {
        consulComesBackEmpty();
        after(TrustDomainMove.DOUBT.minusMillis(1));
        assertThat(newest().policy()).isEqualTo(ALLOW_WEB);
        assertThat(newest().upstreams().getFirst().endpoints()).containsExactly(ONE);
        assertThat(newest().upstreams().getFirst().protocol()).isEqualTo(Protocol.HTTP);
        after(TrustDomainMove.DOUBT);
        assertThat(newest().policy()).isEqualTo(Policy.denyAll());
        assertThat(newest().upstreams().getFirst().endpoints()).isEmpty();
        assertThat(newest().upstreams().getFirst().protocol()).isEqualTo(Protocol.TCP);
    }

    @Test
    void answerThatIsNotEmptyCountsAtOnce() throws InterruptedException {
        consulComesBackEmpty();
        assembler.policy(DENY_WEB);
        assembler.endpoints("api", List.of(TWO));
        assembler.protocol("api", Protocol.GRPC);
        assertThat(newest().policy()).isEqualTo(DENY_WEB);
        assertThat(newest().upstreams().getFirst().endpoints()).containsExactly(TWO);
        assertThat(newest().upstreams().getFirst().protocol()).isEqualTo(Protocol.GRPC);
    }

    @Test
    void emptyAnswerOfTheConsulThatWasKnownIsBelievedAtOnce() throws InterruptedException {
        assembler.roots(new Roots("old.consul", List.of("OLD ROOT", "NEXT ROOT")));
        assembler.policy(Policy.denyAll());
        assembler.endpoints("api", List.of());
        assertThat(newest().policy()).isEqualTo(Policy.denyAll());
        assertThat(newest().upstreams().getFirst().endpoints()).isEmpty();
    }

    @Test
    void eachStepIsToldWithoutNews() throws InterruptedException {
        consulComesBackEmpty();
        MeshSnapshot first = newest();
        var move = new TrustDomainMove(first, START);
        assertThat(move.untilNextStep(START)).isEqualTo(TrustDomainMove.OLD_LEAF);
        assertThat(move.untilNextStep(START.plus(TrustDomainMove.OLD_LEAF)))
                .isEqualTo(TrustDomainMove.DOUBT.minus(TrustDomainMove.OLD_LEAF));
        assertThat(move.untilNextStep(START.plus(TrustDomainMove.DOUBT)))
                .isEqualTo(TrustDomainMove.OLD_CA.minus(TrustDomainMove.DOUBT));
    }

    @Test
    void leafOfAnotherCaThanTheRootsIsNone() throws InterruptedException {
        assembler.leaf(leaf("new.consul"));
        assertThat(assembler.awaitOtherThan(Optional.empty(), Duration.ZERO)).isEmpty();
        assertThat(assembler.missing()).containsExactly("leaf");
    }

    private void consulComesBackEmpty() {
        assembler.roots(new Roots("new.consul", List.of("NEW ROOT")));
        assembler.leaf(leaf("new.consul"));
        assembler.policy(Policy.denyAll());
        assembler.protocol("api", Protocol.TCP);
        assembler.endpoints("api", List.of());
    }

    private void after(Duration time) {
        now = START.plus(time);
    }

    private MeshSnapshot newest() throws InterruptedException {
        return assembler.awaitOtherThan(Optional.empty(), Duration.ZERO).orElseThrow();
    }

    private static Leaf leaf(String trustDomain) {
        Instant end = START.plus(Duration.ofDays(trustDomain.startsWith("old") ? 3 : 6));
        return new Leaf(SpiffeId.of(trustDomain, "dc1", "www"), trustDomain, "KEY", end);
    }
}
