package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.api.v1alpha1.ServiceIntentionStatus;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.events.EventRecorder;
import io.hamesh.operator.intention.LastReports.LastReport;
import io.hamesh.operator.intention.SyncResult.Change;
import io.hamesh.operator.intention.SyncResult.ConsulRefused;
import io.hamesh.operator.intention.SyncResult.ConsulUnavailable;
import io.hamesh.operator.intention.SyncResult.InSync;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings each ServiceIntention into Consul, and tells in status and Events what became of it. */
@ControllerConfiguration(
        name = "serviceintention",
        finalizerName = ServiceIntention.FINALIZER,
        generationAwareEventProcessing = false, // the adopt annotation counts, see IntentionUpdateFilter
        informer = @Informer(onUpdateFilter = IntentionUpdateFilter.class),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 5, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 200, intervalMultiplier = 2, maxInterval = 10_000)
final class IntentionReconciler implements Reconciler<ServiceIntention>, Cleaner<ServiceIntention> {
    private static final Logger LOG = LoggerFactory.getLogger(IntentionReconciler.class);

    private static final Duration DELETION_RETRY = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Nothing tells when Consul stops refusing, and the intention has to be there within 10 s of that. */
    private static final Duration RETRY_MAX = Duration.ofSeconds(8);

    /** How long a deletion waits for Consul: no namespace may hang on it for ever. {@link Orphans} does the rest. */
    private static final Duration DELETION_PATIENCE = Duration.ofSeconds(30);

    private final IntentionEventSource consulEvents;
    private final IntentionSync sync;
    private final EventRecorder events;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Counter repaired;
    private final LastReports reports = new LastReports();

    IntentionReconciler(
            IntentionEventSource consulEvents,
            IntentionSync sync,
            EventRecorder events,
            MeterRegistry meters,
            Clock clock) {
        this.consulEvents = consulEvents;
        this.sync = sync;
        this.events = events;
        this.clock = clock;
        this.meters = meters;
        this.repaired = Counter.builder("hamesh.intention.drift.repaired")
                .description("Entries that somebody changed in Consul and the operator put right")
                .register(meters);
    }

    @Override
    public List<EventSource<?, ServiceIntention>> prepareEventSources(EventSourceContext<ServiceIntention> context) {
        return List.of(consulEvents, reports);
    }

    @Override
    public UpdateControl<ServiceIntention> reconcile(ServiceIntention intention, Context<ServiceIntention> context) {
        ServiceIntentionStatus cached = intention.getStatus();
        LastReport last = reports.on(intention);
        last.status().ifPresent(intention::setStatus);
        SyncResult result = timed(intention);
        ServiceIntentionStatus status = IntentionConditions.after(result, intention, clock.instant());
        tell(intention, result, status);
        last.status(status);
        // Compared with what the API server is known to have, so that a patch that failed is sent again.
        UpdateControl<ServiceIntention> control = status.equals(cached)
                ? UpdateControl.noUpdate()
                : UpdateControl.patchStatus(withStatus(intention, status));
        return retry(result, status).map(control::rescheduleAfter).orElse(control);
    }

    private SyncResult timed(ServiceIntention intention) {
        Timer.Sample sample = Timer.start(meters);
        SyncResult result = sync.sync(intention);
        sample.stop(meters.timer(
                "hamesh.intention.reconciles", "outcome", result.getClass().getSimpleName()));
        return result;
    }

    @Override
    public DeleteControl cleanup(ServiceIntention intention, Context<ServiceIntention> context) {
        LastReport last = reports.on(intention);
        try {
            if (sync.remove(intention)) {
                return removed(intention);
            }
            return keepFinalizer();
        } catch (ConsulException e) {
            return wait(intention, last, e);
        }
    }

    private DeleteControl removed(ServiceIntention intention) {
        LOG.atInfo().addKeyValue("intention", fullName(intention)).log("intention removed");
        return DeleteControl.defaultDelete();
    }

    private DeleteControl wait(ServiceIntention intention, LastReport last, ConsulException e) {
        Instant deleted = Instant.parse(intention.getMetadata().getDeletionTimestamp());
        if (deleted.plus(DELETION_PATIENCE).isBefore(clock.instant())) {
            LOG.atWarn()
                    .addKeyValue("intention", fullName(intention))
                    .addKeyValue("error", e.getMessage())
                    .log("intention gone, entry left for now");
            events.warning(
                    intention,
                    "LeftInConsul",
                    "Deleted, but its entry is still in Consul and goes once Consul lets it: " + e.getMessage());
            return DeleteControl.defaultDelete();
        }
        if (!last.deletionWaits()) {
            last.reportedThatDeletionWaits();
            LOG.atWarn()
                    .addKeyValue("intention", fullName(intention))
                    .addKeyValue("error", e.getMessage())
                    .log("deletion waits");
            events.warning(intention, "DeletionWaits", "Its entry is not out of Consul yet: " + e.getMessage());
        }
        return keepFinalizer();
    }

    private static DeleteControl keepFinalizer() {
        return DeleteControl.noFinalizerRemoval().rescheduleAfter(DELETION_RETRY.toMillis());
    }

    /** Consul's return and a changed entry wake the intention anyway; nothing tells when Consul stops refusing. */
    private Optional<Duration> retry(SyncResult result, ServiceIntentionStatus status) {
        return switch (result) {
            case ConsulUnavailable u -> Optional.of(backoff(status));
            case ConsulRefused r -> Optional.of(backoff(status));
            default -> Optional.empty();
        };
    }

    /** As long as it has been failing: so pauses double, and go on after a restart, because the status has the time. */
    private Duration backoff(ServiceIntentionStatus status) {
        Duration failing = status.all().stream()
                .filter(condition -> condition.getType().equals(IntentionConditions.SYNCED))
                .map(condition -> Duration.between(Instant.parse(condition.getLastTransitionTime()), clock.instant()))
                .findFirst()
                .orElse(RETRY);
        Duration atLeast = failing.compareTo(RETRY) < 0 ? RETRY : failing;
        return atLeast.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : atLeast;
    }

    private void tell(ServiceIntention intention, SyncResult result, ServiceIntentionStatus status) {
        if (result instanceof InSync synced && synced.change() != Change.NONE) {
            LOG.atInfo()
                    .addKeyValue("intention", fullName(intention))
                    .addKeyValue("change", synced.change().toString())
                    .log("intention written");
            tellChange(intention, synced.change());
        }
        Condition told = decisive(status);
        boolean news = IntentionConditions.find(intention, told.getType())
                .filter(before -> before.getStatus().equals(told.getStatus())
                        && before.getReason().equals(told.getReason()))
                .isEmpty();
        if (news && result instanceof InSync) {
            events.normal(intention, told.getReason(), told.getMessage());
        } else if (news) {
            LOG.atWarn()
                    .addKeyValue("intention", fullName(intention))
                    .addKeyValue("reason", told.getReason())
                    .addKeyValue("error", told.getMessage())
                    .log("intention not in consul");
            events.warning(intention, told.getReason(), told.getMessage());
        }
    }

    private void tellChange(ServiceIntention intention, Change change) {
        if (change == Change.REPAIRED) {
            repaired.increment();
            events.warning(intention, "DriftRepaired", "Its entry in Consul was changed or removed, and is put right");
        } else if (change == Change.ADOPTED) {
            events.normal(intention, "Adopted", "Took over the entry that somebody else had written to Consul");
        }
    }

    /** The condition that Events and the log tell: why it is not accepted, else whether Consul has it. */
    private static Condition decisive(ServiceIntentionStatus status) {
        Condition accepted = status.all().getFirst();
        return accepted.getStatus().equals("True") ? status.all().getLast() : accepted;
    }

    /** Name and status only: the patch is applied under our field manager and must own nothing else. */
    private static ServiceIntention withStatus(ServiceIntention intention, ServiceIntentionStatus status) {
        ServiceIntention patch = new ServiceIntention();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(intention.getMetadata().getName())
                .withNamespace(intention.getMetadata().getNamespace())
                .build());
        patch.setStatus(status);
        return patch;
    }

    private static String fullName(ServiceIntention intention) {
        return intention.getMetadata().getNamespace() + "/"
                + intention.getMetadata().getName();
    }
}
