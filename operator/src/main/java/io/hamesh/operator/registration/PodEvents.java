package io.hamesh.operator.registration;

/** Tells people about one pod where they look: as Events on it. */
interface PodEvents {
    void normal(PodKey pod, String reason, String message);

    void warning(PodKey pod, String reason, String message);
}
