package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;

/** Judges one admission request; called on a thread of its own, and without side effects (requests may be dry runs). */
@FunctionalInterface
public interface AdmissionHandler {
    /** The answer, made with {@link AdmissionAnswers}; the server adds the request's uid. */
    AdmissionResponse review(AdmissionRequest request);
}
