package io.hamesh.operator.injection;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one pod, so that its author hears all of it at once; and notes that refuse nothing. */
final class Problems {
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void add(String field, String message) {
        problems.add(new Problem(field, message));
    }

    /** A problem of an annotation whose value is part of the message. */
    void annotation(String name, String value, String message) {
        add(annotationField(name), "\"" + value + "\": " + message);
    }

    void note(String name, String message) {
        noteField(annotationField(name), message);
    }

    void noteField(String field, String message) {
        notes.add(field + ": " + message);
    }

    static String annotationField(String name) {
        return "metadata.annotations[" + name + "]";
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    List<Problem> all() {
        return List.copyOf(problems);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }
}
