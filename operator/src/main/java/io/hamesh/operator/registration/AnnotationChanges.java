package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/** What is read when a pod is created has no effect on it later, and whoever changes it should know. */
final class AnnotationChanges {
    private static final String OURS = "hamesh.io/";

    private AnnotationChanges() {}

    /** What to tell about the annotations of ours that came, went or changed; empty where none did. */
    static Optional<String> between(Pod before, Pod after) {
        Map<String, String> old = annotations(before);
        Map<String, String> now = annotations(after);
        TreeSet<String> keys = new TreeSet<>(old.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> !key.startsWith(OURS) || Objects.equals(old.get(key), now.get(key)));
        return keys.isEmpty()
                ? Optional.empty()
                : Optional.of("metadata.annotations " + String.join(", ", keys)
                        + ": read when a pod is created; the change has no effect on this one. Change the annotations of its"
                        + " template, or create it anew");
    }

    private static Map<String, String> annotations(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    }
}
