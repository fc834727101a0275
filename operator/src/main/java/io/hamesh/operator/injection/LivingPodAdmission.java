package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.hamesh.model.Annotations;
import io.hamesh.operator.webhook.AdmissionAnswers;
import io.hamesh.operator.webhook.AdmissionHandler;
import java.util.List;
import java.util.Objects;

/** Answers the API server when a pod is changed: what it is in the mesh was settled when it was created. */
public final class LivingPodAdmission implements AdmissionHandler {
    @Override
    public AdmissionResponse review(AdmissionRequest request) {
        if (request.getObject() instanceof Pod now && request.getOldObject() instanceof Pod before) {
            return judge(before, now);
        }
        return AdmissionAnswers.allowed(List.of());
    }

    private static AdmissionResponse judge(Pod before, Pod now) {
        String label = Annotations.INJECTED_LABEL;
        if (!Objects.equals(Pods.labels(before).get(label), Pods.labels(now).get(label))) {
            return AdmissionAnswers.refused("metadata.labels[" + label
                    + "]: cannot change on a living pod; change the annotations of its template, or create it anew");
        }
        boolean same =
                AnnotationNames.ours(Pods.annotations(before)).equals(AnnotationNames.ours(Pods.annotations(now)));
        return AdmissionAnswers.allowed(
                same
                        ? List.of()
                        : List.of("metadata.annotations[" + Annotations.PREFIX
                                + "*]: read when a pod is created; the change has no effect on this one"));
    }
}
