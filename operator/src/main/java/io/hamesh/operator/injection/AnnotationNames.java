package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Annotations;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether the names under {@code hamesh.io/} are ones that we know: a misspelt opt-in must not run unprotected. */
final class AnnotationNames {
    private static final int TYPING_ERRORS = 3;

    private AnnotationNames() {}

    /** Everything under our prefix, in alphabetical order. */
    static Map<String, String> ours(Map<String, String> names) {
        Map<String, String> ours = new TreeMap<>(names);
        ours.keySet().removeIf(name -> !name.startsWith(Annotations.PREFIX));
        return ours;
    }

    static void check(Pod pod, Problems problems) {
        ours(Pods.annotations(pod)).keySet().stream()
                .filter(name -> !isKnown(name))
                .forEach(name -> problems.add(Problems.annotationField(name), unknown(name)));
        ours(Pods.labels(pod)).keySet().stream()
                .filter(name -> !name.equals(Annotations.INJECTED_LABEL))
                .forEach(name -> problems.add("metadata.labels[" + name + "]", label(name)));
    }

    static boolean isKnown(String name) {
        return Annotations.ON_PODS.contains(name)
                || (name.startsWith(Annotations.META_PREFIX) && name.length() > Annotations.META_PREFIX.length());
    }

    private static String unknown(String name) {
        return nearest(name)
                .map(known -> "no such annotation; did you mean " + known + "?")
                .orElse("no such annotation; known are " + String.join(", ", Annotations.ON_PODS) + ", "
                        + Annotations.META_PREFIX + "KEY");
    }

    private static String label(String name) {
        String advice =
                isKnown(name) ? "is an annotation: move it to metadata.annotations" : "no such label: remove it";
        return advice + " (labels under " + Annotations.PREFIX + " are the mesh's own)";
    }

    static Optional<String> nearest(String name) {
        return Annotations.ON_PODS.stream()
                .min(Comparator.comparingInt(known -> distance(name, known)))
                .filter(known -> distance(name, known) <= TYPING_ERRORS);
    }

    /** Levenshtein's: how many letters to add, drop or change; case does not count. */
    static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                row[j] = Math.min(Math.min(row[j - 1], before[j]) + 1, before[j - 1] + (same ? 0 : 1));
            }
            before = row;
        }
        return before[b.length()];
    }
}
