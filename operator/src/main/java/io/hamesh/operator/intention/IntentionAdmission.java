package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.webhook.AdmissionAnswers;
import io.hamesh.operator.webhook.AdmissionHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges ServiceIntentions at admission: refuses wrong ones, those for another namespace's service, and a second one
 * for the same destination.
 */
final class IntentionAdmission implements AdmissionHandler {
    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final ClusterIntentions intentions;
    private final DestinationConflicts conflicts;
    private final DestinationOwners owners;
    private final String releaseNamespace;

    IntentionAdmission(ClusterIntentions intentions, DestinationOwners owners, String releaseNamespace) {
        this.intentions = intentions;
        this.conflicts = new DestinationConflicts(intentions);
        this.owners = owners;
        this.releaseNamespace = releaseNamespace;
    }

    @Override
    public AdmissionResponse review(AdmissionRequest request) {
        Optional<ServiceIntention> now = read(request.getObject());
        if (now.isEmpty()) {
            return AdmissionAnswers.allowed(List.of()); // a deletion
        }
        ServiceIntention intention = now.get();
        intention.getMetadata().setNamespace(request.getNamespace());
        // What was accepted under older rules must still lose its finalizer, or get an annotation.
        if (read(request.getOldObject())
                .filter(before -> Objects.equals(before.getSpec(), intention.getSpec()))
                .isPresent()) {
            return AdmissionAnswers.allowed(List.of());
        }
        List<String> problems = new ArrayList<>(IntentionRules.problems(intention, releaseNamespace));
        Optional<String> notOwner = owners.admissionRefusal(intention);
        notOwner.ifPresent(problems::add);
        if (request.getOldObject() == null && notOwner.isEmpty()) {
            conflicting(intention).map(DestinationConflicts::refusal).ifPresent(problems::add);
        }
        return problems.isEmpty() ? AdmissionAnswers.allowed(List.of()) : AdmissionAnswers.refused(message(problems));
    }

    /** Another intention that has the destination. The informer may lag behind a deletion, so the API server is asked. */
    private Optional<ServiceIntention> conflicting(ServiceIntention intention) {
        return conflicts.othersThan(intention).stream()
                .flatMap(other -> asOfNow(other).stream())
                .filter(other -> !other.isMarkedForDeletion())
                .filter(other -> owners.refusal(other).isEmpty())
                .filter(other -> IntentionMapping.destination(other).equals(IntentionMapping.destination(intention)))
                .findFirst();
    }

    private Optional<ServiceIntention> asOfNow(ServiceIntention seen) {
        return intentions.read(
                seen.getMetadata().getNamespace(), seen.getMetadata().getName());
    }

    private Optional<ServiceIntention> read(@Nullable Object object) {
        return Optional.ofNullable(object).map(present -> serialization.convertValue(present, ServiceIntention.class));
    }

    private static String message(List<String> problems) {
        return problems.size() == 1
                ? problems.getFirst()
                : problems.size() + " problems:\n- " + String.join("\n- ", problems);
    }
}
