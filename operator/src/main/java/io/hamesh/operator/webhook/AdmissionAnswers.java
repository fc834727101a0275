package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponseBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** The three answers that a handler may give. */
public final class AdmissionAnswers {
    private static final int UNPROCESSABLE = 422;

    private AdmissionAnswers() {}

    /** Yes, with notes that {@code kubectl} shows to the person; an empty list is a plain yes. */
    public static AdmissionResponse allowed(List<String> warnings) {
        return new AdmissionResponseBuilder()
                .withAllowed(true)
                .withWarnings(warnings)
                .build();
    }

    /** Yes, once changed by this RFC 6902 patch. */
    public static AdmissionResponse patched(String jsonPatch, List<String> warnings) {
        return new AdmissionResponseBuilder()
                .withAllowed(true)
                .withWarnings(warnings)
                .withPatchType("JSONPatch")
                .withPatch(Base64.getEncoder().encodeToString(jsonPatch.getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    /** No: the message names each field and its fix. */
    public static AdmissionResponse refused(String message) {
        return new AdmissionResponseBuilder()
                .withAllowed(false)
                .withStatus(new StatusBuilder()
                        .withStatus("Failure")
                        .withReason("Invalid")
                        .withCode(UNPROCESSABLE)
                        .withMessage(message)
                        .build())
                .build();
    }
}
