package io.hamesh.operator.intention;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.events.EventRecorder;
import io.hamesh.operator.events.KubernetesEvents;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.Pins;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.webhook.AdmissionHandler;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Entry point of intentions, and what other packages may call: an admission handler for every replica, and a reconciler
 * for the one that leads.
 */
public final class Intentions implements AutoCloseable {
    private final IntentionStore store;
    private final AllowedSources allowed;
    private final IntentionAdmission admission;
    private final IntentionReconciler reconciler;
    private final CrdComparison crd;

    public Intentions(
            KubernetesClient client,
            ConsulGateway consul,
            ServiceNames names,
            IntentionSettings settings,
            MeterRegistry meters,
            Health health) {
        EventRecorder events = new KubernetesEvents(client);
        store = new IntentionStore(client);
        var owners = new DestinationOwners(names);
        admission = new IntentionAdmission(store, owners, settings.releaseNamespace());

        allowed = new AllowedSources(consul, store, settings.cluster());
        var consulEvents = new IntentionEventSource(
                store,
                consul,
                List.of(
                        allowed,
                        new Orphans(consul, store, settings.cluster()),
                        new DefaultIntention(
                                consul,
                                consul::defaultIntentionPolicy,
                                new DeniedDestinations(store, owners, settings.releaseNamespace()),
                                settings,
                                events,
                                Clock.systemUTC())),
                health);
        names.onChange(consulEvents::ownerChanged);
        var sync = new IntentionSync(consul, new DestinationConflicts(store), owners, settings);
        reconciler = new IntentionReconciler(consulEvents, sync, events, meters, Clock.systemUTC());
        crd = new CrdComparison(client, events, settings.releaseNamespace());
    }

    /** By service, the intentions of this cluster that claim its name; complete after {@link #start}. */
    public Map<String, List<Claimant>> claimants() {
        return store.all().stream()
                .filter(intention -> !intention.isMarkedForDeletion())
                .filter(intention -> DestinationOwners.service(intention).isPresent())
                .collect(Collectors.groupingBy(
                        intention -> DestinationOwners.service(intention).orElseThrow(),
                        Collectors.mapping(DestinationOwners::claimant, Collectors.toList())));
    }

    /** Which services' names intentions pin, because they allow them as a source; complete after {@link #start}. */
    public Pins pins() {
        return allowed;
    }

    /** Begins to learn all intentions, however long that takes; the future completes once they are known. */
    public CompletableFuture<Void> start() {
        return store.start();
    }

    /** Whether all intentions were learnt once: a second one for a destination is seen from then on. */
    public boolean areKnown() {
        return store.isKnown();
    }

    /** Warns where the cluster's CRD is another version's; for the replica that leads. */
    public void compareCrd() {
        crd.compare();
    }

    /** {@link IntentionAdmission}, for creations and updates of {@code serviceintentions}. */
    public AdmissionHandler admission() {
        return admission;
    }

    /** {@link IntentionReconciler}, to be registered with JOSDK; its watch on Consul starts and stops with the controller. */
    public Reconciler<ServiceIntention> reconciler() {
        return reconciler;
    }

    @Override
    public void close() {
        store.close();
    }
}
