package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code templates/living-pods.yaml}: policies of the API server itself. */
class LivingPodsTest {
    private final Manifests manifests = Chart.withExternalConsul();

    @ParameterizedTest
    @CsvSource({"hamesh-injected-label, Fail, Deny", "hamesh-pod-annotations, Ignore, Warn"})
    void policyIsBoundToItsAction(String name, String onFailure, String action) {
        var policy = manifests.get("ValidatingAdmissionPolicy", name);
        assertThat(policy.at("/spec/failurePolicy").asText()).isEqualTo(onFailure);
        assertThat(policy.at("/spec/matchConstraints/resourceRules/0/operations")
                        .toString())
                .isEqualTo("[\"UPDATE\"]");
        var binding = manifests.get("ValidatingAdmissionPolicyBinding", name);
        assertThat(binding.at("/spec/policyName").asText()).isEqualTo(name);
        assertThat(binding.at("/spec/validationActions/0").asText()).isEqualTo(action);
    }

    @Test
    void everyPolicyIsBound() {
        assertThat(manifests.all("ValidatingAdmissionPolicyBinding"))
                .hasSameSizeAs(manifests.all("ValidatingAdmissionPolicy"));
    }
}
