package io.hamesh.agent.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SnapshotAssemblerTest {
    private static final Endpoint ONE = new Endpoint("10.0.0.1", 20000);
    private static final Endpoint TWO = new Endpoint("10.0.0.2", 20000);

    private final SnapshotAssembler assembler = new SnapshotAssembler(
            ServiceSettings.named("www")
                    .port(OptionalInt.of(8080))
                    .protocol(Protocol.HTTP)
                    .upstreams(List.of(new Upstream("redis", 6379), new Upstream("redis", 6380)))
                    .build(),
            new PodAddresses(List.of("10.0.0.9"), true));

    @Test
    void givesNothingUntilEveryWatchHasAnswered() throws InterruptedException {
        List<Runnable> answers = List.of(
                this::tellLeaf,
                () -> assembler.roots(new Roots("td.consul", List.of("ROOT"))),
                () -> assembler.policy(Policy.denyAll()),
                () -> assembler.protocol("redis", Protocol.TCP),
                () -> assembler.endpoints("redis", List.of()));
        for (Runnable answer : answers) {
            assertThat(newest()).isEmpty();
            answer.run();
        }
        assertThat(newest()).isPresent();
    }

    @Test
    void saysWhatIsMissing() {
        tellLeaf();
        assembler.endpoints("redis", List.of());
        assertThat(assembler.missing())
                .contains("roots", "intentions", "discovery chain of redis")
                .doesNotContain("leaf", "endpoints of redis");
    }

    @Test
    void upstreamIsANeighbourInTheLeafsTrustDomain() throws InterruptedException {
        tellAll();
        assertThat(newest().orElseThrow().upstreams())
                .extracting(UpstreamState::identity)
                .containsOnly(SpiffeId.of("td.consul", "dc1", "redis"));
        assertThat(newest().orElseThrow().upstreams())
                .extracting(state -> state.upstream().localPort())
                .containsExactly(6379, 6380);
    }

    @Test
    void burstIsOneSnapshotWithTheNewestOfAll() throws InterruptedException {
        tellAll();
        Optional<MeshSnapshot> first = newest();
        assembler.endpoints("redis", List.of(ONE));
        assembler.endpoints("redis", List.of(ONE, TWO));
        assembler.endpoints("redis", List.of(TWO));
        Optional<MeshSnapshot> next = assembler.awaitOtherThan(first, Duration.ZERO);
        assertThat(next.orElseThrow().upstreams().getFirst().endpoints()).containsExactly(TWO);
        assertThat(assembler.awaitOtherThan(next, Duration.ZERO)).isEmpty();
    }

    @Test
    void repeatedAnswerIsNoNews() throws InterruptedException {
        tellAll();
        Optional<MeshSnapshot> first = newest();
        tellAll();
        assertThat(assembler.awaitOtherThan(first, Duration.ZERO)).isEmpty();
    }

    @Test
    void listWithoutRootsLeavesTheRootsAsTheyAre() throws InterruptedException {
        tellAll();
        assembler.roots(new Roots("td.consul", List.of()));
        assertThat(newest().orElseThrow().roots()).containsExactly("ROOT");
    }

    @Test
    void newsWakesTheOneThatWaits() throws Exception {
        tellAll();
        Optional<MeshSnapshot> first = newest();
        CompletableFuture<Optional<MeshSnapshot>> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return assembler.awaitOtherThan(first, Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assembler.endpoints("redis", List.of(ONE));
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isPresent();
    }

    private Optional<MeshSnapshot> newest() throws InterruptedException {
        return assembler.awaitOtherThan(Optional.empty(), Duration.ZERO);
    }

    private void tellAll() {
        tellLeaf();
        assembler.roots(new Roots("td.consul", List.of("ROOT")));
        assembler.policy(Policy.denyAll());
        assembler.protocol("redis", Protocol.TCP);
        assembler.endpoints("redis", List.of());
    }

    private void tellLeaf() {
        assembler.leaf(new Leaf(SpiffeId.of("td.consul", "dc1", "www"), "CERT", "KEY", Instant.EPOCH));
    }
}
