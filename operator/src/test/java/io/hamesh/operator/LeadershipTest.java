package io.hamesh.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.hamesh.operator.health.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class LeadershipTest {
    private static final String NAMESPACE = "hamesh-system";

    /** More than a look at the Lease takes, and less than it lasts: who waits for its end is too late. */
    private static final Duration BEFORE_THE_END = Leadership.LEASE_DURATION.minusSeconds(2);

    private @Nullable KubernetesClient client;
    private @Nullable KubernetesMockServer server;
    private final List<Leadership> all = new ArrayList<>();
    private final Queue<String> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        all.forEach(Leadership::close);
    }

    @Test
    void oneLeadsAndGivesTheLeaseAwayWhenItCloses() {
        Leadership first = start("first");
        await().until(first::isLeading);
        Leadership second = start("second");
        await().until(() -> tasks.contains("first"));
        assertThat(second.isLeading()).isFalse();

        first.close();
        await().atMost(BEFORE_THE_END).until(second::isLeading);
        assertThat(first.isLeading()).isFalse();
        await().until(() -> List.copyOf(tasks).equals(List.of("first", "second")));
        assertThat(lost).isEmpty();
    }

    @Test
    void leaderThatCannotRenewStepsDownOnceAndBeforeTheLeaseEnds() {
        Leadership leadership = start("first");
        await().until(leadership::isLeading);

        Objects.requireNonNull(server).shutdown();
        await().atMost(Leadership.LEASE_DURATION).until(() -> !lost.isEmpty());
        assertThat(leadership.isLeading()).isFalse();
        leadership.close();
        assertThat(lost).containsExactly("first");
    }

    private Leadership start(String identity) {
        var leadership = new Leadership(
                Objects.requireNonNull(client), NAMESPACE, identity, new Health(), () -> lost.add(identity));
        all.add(leadership);
        return leadership.start(() -> tasks.add(identity));
    }
}
