package io.hamesh.operator.injection;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.zjsonpatch.JsonDiff;
import io.hamesh.model.Annotations;
import io.hamesh.operator.injection.InjectionResult.Injected;
import io.hamesh.operator.injection.InjectionResult.NotInjected;
import io.hamesh.operator.injection.InjectionResult.Refused;
import io.hamesh.operator.webhook.AdmissionAnswers;
import io.hamesh.operator.webhook.AdmissionHandler;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Answers the API server when a pod is created: what {@link PodInjector} says, as a patch, unless its name is another's. And
 * when a living one is applied once more: what stands in it.
 */
public final class PodAdmission implements AdmissionHandler {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PodInjector injector;
    private final NameOwners owners;

    public PodAdmission(PodInjector injector, NameOwners owners) {
        this.injector = injector;
        this.owners = owners;
    }

    @Override
    public AdmissionResponse review(AdmissionRequest request) {
        if (request.getObject() instanceof Pod pod && "CREATE".equals(request.getOperation())) {
            return created(request, pod);
        }
        if (request.getObject() instanceof Pod update
                && request.getOldObject() instanceof Pod living
                && "UPDATE".equals(request.getOperation())) {
            return patched(update, ReappliedPod.settled(living, update), List.of());
        }
        return AdmissionAnswers.refused("only the creation and the update of pods are judged here: the chart's webhook"
                + " configuration was changed, apply it anew");
    }

    private AdmissionResponse created(AdmissionRequest request, Pod pod) {
        return switch (injector.inject(pod)) {
            case NotInjected none -> AdmissionAnswers.allowed(List.of());
            case Injected injected ->
                owners.refusal(injected.service(), request.getNamespace())
                        .map(why -> AdmissionAnswers.refused(notOwner(pod, why)))
                        .orElseGet(() -> patched(pod, injected.pod(), injected.notes()));
            case Refused refused -> AdmissionAnswers.refused(message(refused.problems()));
        };
    }

    private static String notOwner(Pod pod, String why) {
        boolean byDefault = !Pods.annotations(pod).containsKey(Annotations.SERVICE);
        return new Problem(Problems.annotationField(Annotations.SERVICE), byDefault ? "not set, and " + why : why)
                .toString();
    }

    private static AdmissionResponse patched(Pod given, Pod wanted, List<String> notes) {
        var patch = JsonDiff.asJson(JSON.valueToTree(given), JSON.valueToTree(wanted));
        return patch.isEmpty() ? AdmissionAnswers.allowed(notes) : AdmissionAnswers.patched(patch.toString(), notes);
    }

    private static String message(List<Problem> problems) {
        if (problems.size() == 1) {
            return problems.getFirst().toString();
        }
        return problems.stream()
                .map(problem -> "\n- " + problem)
                .collect(Collectors.joining("", problems.size() + " problems:", ""));
    }
}
