package io.hamesh.operator.events;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;

/** Tells the owner of an object what happened to it; callers record transitions, not states. */
public interface EventRecorder {
    /** Whether it needs somebody's attention. */
    enum Type {
        NORMAL,
        WARNING
    }

    /**
     * Best effort: never throws.
     *
     * @param reason one word in CamelCase, for example {@code Synced}
     */
    void record(ObjectReference about, Type type, String reason, String message);

    /** Something went as it should. */
    default void normal(HasMetadata about, String reason, String message) {
        record(reference(about), Type.NORMAL, reason, message);
    }

    /** Something needs attention. */
    default void warning(HasMetadata about, String reason, String message) {
        record(reference(about), Type.WARNING, reason, message);
    }

    private static ObjectReference reference(HasMetadata about) {
        return new ObjectReferenceBuilder()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .withResourceVersion(about.getMetadata().getResourceVersion())
                .build();
    }
}
