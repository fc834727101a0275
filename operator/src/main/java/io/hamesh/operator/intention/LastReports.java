package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.api.v1alpha1.ServiceIntentionStatus;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what {@link IntentionReconciler} last reported on each ServiceIntention, until the object is gone. It is an
 * event source, though it wakes nobody, because JOSDK tells event sources, and nobody else, of each deletion: an object
 * whose finalizer was taken off by hand goes without a {@code cleanup}.
 */
final class LastReports extends AbstractEventSource<ServiceIntentionStatus, ServiceIntention>
        implements ResourceEventAware<ServiceIntention> {
    /** By uid. */
    private final Map<String, LastReport> reports = new ConcurrentHashMap<>();

    LastReports() {
        super(ServiceIntentionStatus.class, "last-reports");
    }

    /** On one intention. JOSDK works on each intention with one thread at a time. */
    static final class LastReport {
        private volatile @Nullable ServiceIntentionStatus status;
        private volatile boolean deletionWaits;

        /** The one that was reported last, where JOSDK's cache may still have the one before. */
        Optional<ServiceIntentionStatus> status() {
            return Optional.ofNullable(status);
        }

        void status(ServiceIntentionStatus reported) {
            status = reported;
        }

        /** Whether it was reported that the deletion waits for Consul. */
        boolean deletionWaits() {
            return deletionWaits;
        }

        void reportedThatDeletionWaits() {
            deletionWaits = true;
        }
    }

    /**
     * Taken before the work on an intention and filled in after it: if the object goes meanwhile, what is filled in is
     * not kept.
     */
    LastReport on(ServiceIntention intention) {
        return reports.computeIfAbsent(intention.getMetadata().getUid(), uid -> new LastReport());
    }

    @Override
    public void onResourceDeleted(ServiceIntention deleted) {
        reports.remove(deleted.getMetadata().getUid());
    }

    @Override
    public Set<ServiceIntentionStatus> getSecondaryResources(ServiceIntention primary) {
        return Set.of();
    }
}
