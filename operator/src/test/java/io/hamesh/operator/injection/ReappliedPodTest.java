package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.injected;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequestBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code kubectl apply} of a pod that lives already. */
class ReappliedPodTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Pod author;
    private Pod living;

    @BeforeEach
    void read() throws IOException {
        try (InputStream in = ReappliedPodTest.class.getResourceAsStream("/injection/probes.in.yaml")) {
            author = Serialization.unmarshal(in, Pod.class);
        }
        living = injected(author);
    }

    @Test
    void mergeOfTheSameManifestChangesNothing() {
        Pod update = merged(author);
        assertThat(update).as("the control").isNotEqualTo(living);
        assertThat(ReappliedPod.settled(living, update)).isEqualTo(living);
    }

    @Test
    void probesWrittenAnewAsTheAuthorWroteThemChangeNothing() {
        Pod update = AppProbes.restored(living);
        assertThat(update).as("the control").isNotEqualTo(living);
        assertThat(ReappliedPod.settled(living, update)).isEqualTo(living);
    }

    @Test
    void anythingElseIsLeftForTheApiServerToRefuse() {
        Pod elsewhere = new PodBuilder(author)
                .editSpec()
                .editMatchingContainer(c -> c.getName().equals("www"))
                .editLivenessProbe()
                .editHttpGet()
                .withPath("/other")
                .endHttpGet()
                .endLivenessProbe()
                .endContainer()
                .endSpec()
                .build();
        Pod settled = ReappliedPod.settled(living, merged(elsewhere));
        assertThat(probe(settled, "livenessProbe").at("/httpGet/path").asText()).isEqualTo("/other");
        assertThat(probe(settled, "startupProbe"))
                .as("what is the same beside it")
                .isEqualTo(probe(living, "startupProbe"));
    }

    @Test
    void probeThatNobodyRewroteIsNoneOfOurs() {
        Pod plain = AppProbes.restored(living);
        Pod changed = merged(plain);
        assertThat(ReappliedPod.settled(InjectedParts.without(plain), changed)).isEqualTo(changed);
    }

    @Test
    void updateIsAnsweredWithAPatchAndNeverRefused() {
        assertThat(update(merged(author)))
                .returns(true, AdmissionResponse::getAllowed)
                .satisfies(answer -> assertThat(answer.getPatch()).isNotNull());
        assertThat(update(living))
                .returns(true, AdmissionResponse::getAllowed)
                .returns(null, AdmissionResponse::getPatch);
    }

    private AdmissionResponse update(Pod update) {
        return new PodAdmission(PodFixtures.INJECTOR, (service, namespace) -> Optional.of("another's"))
                .review(new AdmissionRequestBuilder()
                        .withOperation("UPDATE")
                        .withNamespace("shop")
                        .withObject(update)
                        .withOldObject(living)
                        .build());
    }

    /** The living pod with each field that the manifest has, as a strategic merge patch leaves it. */
    private Pod merged(Pod manifest) {
        JsonNode merged = tree(living);
        for (JsonNode container : containers(merged)) {
            for (JsonNode written : containers(tree(manifest))) {
                if (container.path("name").equals(written.path("name"))) {
                    merge((ObjectNode) container, written);
                }
            }
        }
        return JSON.convertValue(merged, Pod.class);
    }

    private static void merge(ObjectNode into, JsonNode from) {
        from.properties().forEach(field -> {
            if (field.getValue().isObject() && into.path(field.getKey()).isObject()) {
                merge((ObjectNode) into.get(field.getKey()), field.getValue());
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private static JsonNode tree(Pod pod) {
        return JSON.valueToTree(pod);
    }

    private static List<JsonNode> containers(JsonNode pod) {
        List<JsonNode> containers = new ArrayList<>();
        pod.at("/spec/containers").forEach(containers::add);
        pod.at("/spec/initContainers").forEach(containers::add);
        return containers;
    }

    private static JsonNode probe(Pod pod, String probe) {
        return containers(tree(pod)).stream()
                .filter(container -> container.path("name").asText().equals("www"))
                .findFirst()
                .orElseThrow()
                .path(probe);
    }
}
