package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.ownership.NamesInMemory;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntentionReconcilerTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final InMemoryConsul consul = new InMemoryConsul();
    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> events = new ArrayList<>();
    private final TestClock clock = new TestClock();

    /** Never started: nobody answers there. */
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:1")
                    .build())
            .build();

    private final IntentionReconciler reconciler = new IntentionReconciler(
            new IntentionEventSource(new IntentionStore(client), consul, List.of(), new Health()),
            new IntentionSync(
                    consul,
                    new DestinationConflicts(intentions),
                    new DestinationOwners(new NamesInMemory()),
                    Examples.SETTINGS),
            (about, type, reason, message) -> events.add(reason),
            meters,
            clock);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void successIsToldOnceInStatusAndEvent() {
        ServiceIntention intention = Examples.wwwToRedis();

        UpdateControl<ServiceIntention> first = reconcile(intention);
        ServiceIntention patch = first.getResource().orElseThrow();
        intention.setStatus(patch.getStatus());

        assertThat(patch.getSpec()).isNull();
        assertThat(IntentionConditions.isHeld(patch)).isTrue();
        assertThat(reconcile(intention).isNoUpdate()).isTrue();
        assertThat(events).containsExactly("Synced");
    }

    @Test
    void statusThatDidNotArriveIsSentAgainWithoutAnotherEvent() {
        reconcile(Examples.wwwToRedis());

        assertThat(reconcile(Examples.wwwToRedis()).isPatchStatus()).isTrue();
        assertThat(events).containsExactly("Synced");
    }

    @Test
    void repairIsCounted() {
        reconcile(Examples.wwwToRedis());
        consul.delete(ConfigEntry.SERVICE_INTENTIONS, "redis");
        reconcile(Examples.wwwToRedis());

        assertThat(meters.counter("hamesh.intention.drift.repaired").count()).isEqualTo(1);
        assertThat(events).containsExactly("Synced", "DriftRepaired");
    }

    @Test
    void refusedWriteIsTriedAgainAfterGrowingPauses() {
        consul.failWith(new ConsulRefusedException(403, "permission denied"));

        assertThat(pauseAt(NOON)).isEqualTo(Duration.ofSeconds(1));
        assertThat(pauseAt(NOON.plusSeconds(4))).isEqualTo(Duration.ofSeconds(4));
        assertThat(pauseAt(NOON.plusSeconds(3600))).isEqualTo(Duration.ofSeconds(8));
        assertThat(events).containsExactly("ConsulRefused");
    }

    @Test
    void deletionWaitsForConsulButNotForEver() {
        reconcile(Examples.wwwToRedis());
        ServiceIntention deleted = Examples.wwwToRedis();
        deleted.getMetadata().setDeletionTimestamp(NOON.toString());
        consul.failWith(new ConsulRefusedException(403, "permission denied"));

        assertThat(reconciler.cleanup(deleted, context()).isRemoveFinalizer()).isFalse();
        clock.now = NOON.plusSeconds(29);
        assertThat(reconciler.cleanup(deleted, context()).isRemoveFinalizer()).isFalse();
        clock.now = NOON.plusSeconds(31);
        assertThat(reconciler.cleanup(deleted, context()).isRemoveFinalizer()).isTrue();
        assertThat(events).containsExactly("Synced", "DeletionWaits", "LeftInConsul");
    }

    @Test
    void nothingIsRememberedOfADeletionThatWasNotWaitedFor() {
        reconcile(Examples.wwwToRedis());
        ServiceIntention deleted = Examples.wwwToRedis();
        deleted.getMetadata().setDeletionTimestamp(NOON.toString());
        clock.now = NOON.plusSeconds(31);
        consul.failOnce(new ConsulRefusedException(403, "permission denied"));
        reconciler.cleanup(deleted, context());
        isGone(deleted);

        reconcile(Examples.wwwToRedis());
        assertThat(events).containsExactly("Synced", "LeftInConsul", "Synced");
    }

    @Test
    void nothingIsRememberedOfAnIntentionWhoseFinalizerWasTakenOffByHand() {
        reconcile(Examples.wwwToRedis());
        isGone(Examples.wwwToRedis());

        reconcile(Examples.wwwToRedis());
        assertThat(events).containsExactly("Synced", "Synced");
    }

    @Test
    void nothingIsRememberedOfAnIntentionThatGoesWhileItIsReconciled() {
        consul.beforeNextWrite(() -> isGone(Examples.wwwToRedis()));
        reconcile(Examples.wwwToRedis());

        reconcile(Examples.wwwToRedis());
        assertThat(events).containsExactly("Synced", "Synced");
    }

    @Test
    void nothingIsRememberedOfADeletionWhoseFinalizerWasTakenOffByHandWhileItWaited() {
        ServiceIntention deleted = Examples.wwwToRedis();
        deleted.getMetadata().setDeletionTimestamp(NOON.toString());
        consul.failWith(new ConsulRefusedException(403, "permission denied"));
        reconciler.cleanup(deleted, context());
        reconciler.cleanup(deleted, context());
        isGone(deleted);

        reconciler.cleanup(deleted, context());
        assertThat(events).containsExactly("DeletionWaits", "DeletionWaits");
    }

    @Test
    void deletionTakesTheEntryAway() {
        reconcile(Examples.wwwToRedis());

        assertThat(reconciler.cleanup(Examples.wwwToRedis(), context()).isRemoveFinalizer())
                .isTrue();
        assertThat(consul.list("service-intentions")).isEmpty();
    }

    /** As JOSDK tells all event sources of an object that the API server has no more. */
    private void isGone(ServiceIntention intention) {
        reconciler.prepareEventSources(new EventSourceContext<>(null, null, client, ServiceIntention.class)).stream()
                .filter(ResourceEventAware.class::isInstance)
                .map(IntentionReconcilerTest::aware)
                .forEach(source -> source.onResourceDeleted(intention));
    }

    @SuppressWarnings("unchecked")
    private static ResourceEventAware<ServiceIntention> aware(EventSource<?, ServiceIntention> source) {
        return (ResourceEventAware<ServiceIntention>) source;
    }

    private Duration pauseAt(Instant now) {
        clock.now = now;
        return Duration.ofMillis(
                reconcile(Examples.wwwToRedis()).getScheduleDelay().orElseThrow());
    }

    private UpdateControl<ServiceIntention> reconcile(ServiceIntention intention) {
        return reconciler.reconcile(intention, context());
    }

    /** The reconciler asks it nothing. */
    @SuppressWarnings("unchecked")
    private static Context<ServiceIntention> context() {
        return (Context<ServiceIntention>) Proxy.newProxyInstance(
                Context.class.getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    private static final class TestClock extends Clock {
        private Instant now = NOON;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
