package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReview;
import org.jspecify.annotations.Nullable;

/** The envelope around requests and answers. */
final class Reviews {
    private static final String API_VERSION = "admission.k8s.io/v1";

    private Reviews() {}

    static AdmissionReview answer(@Nullable AdmissionReview review, AdmissionHandler handler) {
        if (review == null || review.getRequest() == null || !API_VERSION.equals(review.getApiVersion())) {
            throw new IllegalArgumentException("not an AdmissionReview of " + API_VERSION + " with a request");
        }
        AdmissionRequest request = review.getRequest();
        AdmissionResponse response = handler.review(request);
        response.setUid(request.getUid());
        AdmissionReview answer = new AdmissionReview();
        answer.setApiVersion(API_VERSION);
        answer.setResponse(response);
        return answer;
    }
}
