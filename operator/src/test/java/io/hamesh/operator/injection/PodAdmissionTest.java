package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.INJECTOR;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.pod;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequestBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.zjsonpatch.JsonPatch;
import io.hamesh.model.Annotations;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodAdmissionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void patchTurnsTheGivenPodIntoTheInjectedOne() throws IOException {
        Pod given = injectable("port", "http")
                .editSpec()
                .addNewInitContainer()
                .withName("migrate")
                .endInitContainer()
                .endSpec()
                .build();
        JsonNode patch = JSON.readTree(Base64.getDecoder().decode(create(given).getPatch()));
        JsonNode patched = JsonPatch.apply(patch, JSON.valueToTree(given));
        assertThat(JSON.treeToValue(patched, Pod.class)).isEqualTo(injected(given));
    }

    @Test
    void injectedPodAndPodOutsideTheMeshPassWithoutAPatch() {
        assertThat(create(injected(injectable().build())))
                .returns(true, AdmissionResponse::getAllowed)
                .returns(null, AdmissionResponse::getPatch);
        assertThat(create(pod().build()))
                .returns(true, AdmissionResponse::getAllowed)
                .returns(null, AdmissionResponse::getPatch);
    }

    @Test
    void refusalNamesEveryProblem() {
        var refusal = create(injectable("protocol", "udp", "port", "web").build());
        assertThat(refusal.getAllowed()).isFalse();
        assertThat(refusal.getStatus().getCode()).isEqualTo(422);
        assertThat(refusal.getStatus().getMessage())
                .startsWith("2 problems:\n- metadata.annotations[hamesh.io/port]: \"web\": expected")
                .contains("\n- metadata.annotations[hamesh.io/protocol]: \"udp\": expected");
    }

    @Test
    void notesBecomeWarnings() {
        assertThat(create(injectable("protocol", "http").build()).getWarnings()).hasSize(1);
    }

    @Test
    void whatIsNoCreationOfAPodIsNotLetThroughUnjudged() {
        var update = new AdmissionRequestBuilder()
                .withOperation("UPDATE")
                .withObject(pod().build())
                .build();
        assertThat(new PodAdmission(INJECTOR, PodAdmissionTest::refusal)
                        .review(update)
                        .getAllowed())
                .isFalse();
    }

    @Test
    void nameOfAnotherNamespaceIsRefusedWithOwnerAndFix() {
        assertThat(create(injectable("service", "taken").build()).getStatus().getMessage())
                .isEqualTo("metadata.annotations[hamesh.io/service]: it is bank's: choose another name");
        Pod byDefault = injectable()
                .editSpec()
                .withServiceAccountName("taken")
                .endSpec()
                .build();
        byDefault.getMetadata().getAnnotations().remove(Annotations.SERVICE);
        assertThat(create(byDefault).getStatus().getMessage())
                .isEqualTo("metadata.annotations[hamesh.io/service]: not set, and it is bank's: choose another name");
    }

    private static Optional<String> refusal(String service, String namespace) {
        return service.equals("taken") && namespace.equals("shop")
                ? Optional.of("it is bank's: choose another name")
                : Optional.empty();
    }

    private static AdmissionResponse create(Pod pod) {
        return new PodAdmission(INJECTOR, PodAdmissionTest::refusal)
                .review(new AdmissionRequestBuilder()
                        .withOperation("CREATE")
                        .withNamespace("shop")
                        .withObject(pod)
                        .build());
    }
}
