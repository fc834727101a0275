package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.api.v1alpha1.ServiceIntentionStatus;
import io.hamesh.operator.intention.SyncResult.Conflict;
import io.hamesh.operator.intention.SyncResult.ConsulRefused;
import io.hamesh.operator.intention.SyncResult.ConsulUnavailable;
import io.hamesh.operator.intention.SyncResult.InSync;
import io.hamesh.operator.intention.SyncResult.Invalid;
import io.hamesh.operator.intention.SyncResult.NotOwned;
import io.hamesh.operator.intention.SyncResult.OwnedByOther;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Makes an intention's status from a {@link SyncResult}. Pure: where nothing changed, the status is the one before. */
final class IntentionConditions {
    static final String ACCEPTED = "Accepted";
    static final String SYNCED = "Synced";

    private static final String TRUE = "True";
    private static final String FALSE = "False";
    private static final String NOT_ACCEPTED = "NotAccepted";

    /** Kubernetes' own bound for a condition's message. */
    private static final int MAX_MESSAGE = 32768;

    private IntentionConditions() {}

    /** The status after {@code result}; a condition whose status stays keeps its transition time. */
    static ServiceIntentionStatus after(SyncResult result, ServiceIntention intention, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        List<Condition> conditions =
                switch (result) {
                    case InSync s ->
                        List.of(accepted(), condition(SYNCED, TRUE, SYNCED, "Consul holds this intention"));
                    case Invalid i -> notAccepted("Invalid", String.join("; ", i.problems()));
                    case Conflict c -> notAccepted("Conflict", c.message());
                    case NotOwned n -> notAccepted("DestinationNotOwned", n.message());
                    case OwnedByOther o -> List.of(accepted(), notSynced("OwnedByOther", o.message()));
                    case ConsulRefused r -> List.of(accepted(), notSynced("ConsulRefused", r.words()));
                    case ConsulUnavailable u -> List.of(accepted(), notSynced("ConsulUnavailable", u.words()));
                };
        return new ServiceIntentionStatus(
                intention.getMetadata().getGeneration(),
                conditions.stream()
                        .map(condition -> timed(condition, intention, time))
                        .toList());
    }

    static Optional<Condition> find(ServiceIntention intention, String type) {
        return Optional.ofNullable(intention.getStatus()).stream()
                .flatMap(status -> status.all().stream())
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    /** Whether Consul had this intention after the last reconciliation: its destination's entry is ours. */
    static boolean isHeld(ServiceIntention intention) {
        return find(intention, SYNCED)
                .filter(synced -> synced.getStatus().equals(TRUE))
                .isPresent();
    }

    /** Whether the conditions speak of the spec as it is now. */
    static boolean isObserved(ServiceIntention intention) {
        return Optional.ofNullable(intention.getStatus())
                .map(ServiceIntentionStatus::observedGeneration)
                .filter(observed -> observed.equals(intention.getMetadata().getGeneration()))
                .isPresent();
    }

    private static Condition accepted() {
        return condition(
                ACCEPTED, TRUE, ACCEPTED, "The spec is right, and has a destination of its namespace to itself");
    }

    private static List<Condition> notAccepted(String reason, String message) {
        return List.of(
                condition(ACCEPTED, FALSE, reason, message),
                notSynced(NOT_ACCEPTED, "Not written to Consul: see condition " + ACCEPTED));
    }

    private static Condition notSynced(String reason, String message) {
        return condition(SYNCED, FALSE, reason, message);
    }

    private static Condition condition(String type, String status, String reason, String message) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message)
                .build();
    }

    private static Condition timed(Condition condition, ServiceIntention intention, String now) {
        String since = find(intention, condition.getType())
                .filter(before -> before.getStatus().equals(condition.getStatus()))
                .map(Condition::getLastTransitionTime)
                .orElse(now);
        condition.setLastTransitionTime(since);
        return condition;
    }
}
