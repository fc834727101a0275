package io.hamesh.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.intention.IntentionSettings;
import io.hamesh.operator.intention.IntentionSettings.DefaultPolicy;
import io.hamesh.operator.intention.Intentions;
import io.hamesh.operator.ownership.Ownership;
import io.hamesh.operator.ownership.OwnershipSettings;
import io.hamesh.operator.registration.Registration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which loops liveness would miss, were they to hang: with a Consul that is away, which none of them minds. */
@EnableKubernetesMockClient(crud = true)
class LeaderTasksTest {
    private static final String EVERY_REPLICAS = "claim-watch";
    private static final Set<String> LEADERS = Set.of(
            "catalog-sweep",
            "services-watch",
            "checks-watch",
            "service-defaults-watch",
            "proxy-defaults-watch",
            "service-resolver-watch",
            "start-watch",
            "open-ports",
            "claim-keeper",
            "intention-watch");

    private final AtomicLong nanos = new AtomicLong();
    private final Health health = new Health(nanos::get);
    private @Nullable KubernetesClient client;

    @Test
    void eachLoopIsMissedFromTheStartOfTheLeadersTasksUntilTheirEnd() {
        KubernetesClient kubernetes = Objects.requireNonNull(client);
        var meters = new SimpleMeterRegistry();
        var consul = new ConsulGateway("http://127.0.0.1:1", meters);
        var kept = new OwnershipSettings("prod", Map.of(), false, Duration.ofMinutes(10));
        var settings = new IntentionSettings("prod", "hamesh-system", DefaultPolicy.NONE);
        try (var ownership = new Ownership(kubernetes, consul, kept, health);
                var intentions = new Intentions(kubernetes, consul, ownership, settings, meters, health)) {
            intentions.start().join();
            ownership.start();
            await().until(() -> missed().contains(EVERY_REPLICAS));
            var registration = new Registration(kubernetes, consul, ownership, "prod", meters, health);
            try (var tasks = new LeaderTasks(kubernetes, registration, ownership, intentions)) {
                assertThat(missed()).doesNotContainAnyElementsOf(LEADERS);
                tasks.start();
                await().until(() -> missed().containsAll(LEADERS));
            }
            assertThat(missed()).doesNotContainAnyElementsOf(LEADERS);
        }
    }

    /** After an hour in which none of them moved. */
    private Set<String> missed() {
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        return health.wedged().stream()
                .map(problem -> problem.substring(0, problem.indexOf(':')))
                .collect(Collectors.toSet());
    }
}
