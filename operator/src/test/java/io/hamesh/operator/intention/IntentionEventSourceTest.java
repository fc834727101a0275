package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.health.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a listing when Consul answers, and refuses what follows from it. */
class IntentionEventSourceTest {
    private static final Duration USUAL = Duration.ofSeconds(30);

    /** Never started: nobody answers there. */
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:1")
                    .build())
            .build();

    private final Upkeep refused = new Upkeep();
    private final Upkeep other = new Upkeep();
    private final IntentionEventSource source = new IntentionEventSource(
            new IntentionStore(client), new InMemoryConsul(), List.of(refused, other), new Health());

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void refusedWriteIsTriedAgainSoonAndIsNobodyElsesTrouble() {
        refused.isRefused = true;
        source.fresh(List.of());
        source.changed(Set.of("redis"), List.of());

        assertThat(source.wait(USUAL)).isLessThan(USUAL);
        assertThat(refused.looks).containsExactly("fresh", "fresh");
        assertThat(other.looks).containsExactly("fresh", "[redis]");
    }

    @Test
    void onceItIsTakenAllIsAsBefore() {
        refused.isRefused = true;
        source.fresh(List.of());
        refused.isRefused = false;
        source.changed(Set.of(), List.of());
        source.changed(Set.of("redis"), List.of());

        assertThat(source.wait(USUAL)).isEqualTo(USUAL);
        assertThat(refused.looks).containsExactly("fresh", "fresh", "[redis]");
    }

    private static final class Upkeep implements ConfigEntryWatch.Follower {
        private final List<String> looks = new ArrayList<>();
        private boolean isRefused;

        @Override
        public void fresh(List<ConfigEntry> entries) {
            look("fresh");
        }

        @Override
        public void changed(Set<String> names, List<ConfigEntry> entries) {
            look(names.toString());
        }

        private void look(String what) {
            looks.add(what);
            if (isRefused) {
                throw new ConsulUnavailableException("Consul answered HTTP 503: rate limit exceeded");
            }
        }
    }
}
