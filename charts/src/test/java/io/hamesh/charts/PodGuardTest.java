package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code templates/pod-guard.yaml}: what keeps the key of a living pod with its sidecars; what they say is tried end to end. */
class PodGuardTest {
    private final Manifests manifests = Chart.withExternalConsul();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "hamesh-sidecar-images | [\"pods\"] | UPDATE",
                "hamesh-other-containers | [\"pods\"] | CREATE",
                "hamesh-debug-containers | [\"pods/ephemeralcontainers\"] | UPDATE",
                "hamesh-exec | [\"pods/exec\",\"pods/attach\"] | CONNECT"
            })
    void policyDenies(String name, String resources, String operation) {
        var policy = manifests.get("ValidatingAdmissionPolicy", name);
        assertThat(policy.at("/spec/failurePolicy").asText()).isEqualTo("Fail");
        assertThat(policy.at("/spec/matchConstraints/resourceRules")).hasSize(1);
        var rule = policy.at("/spec/matchConstraints/resourceRules/0");
        assertThat(rule.at("/resources").toString()).isEqualTo(resources);
        assertThat(rule.at("/operations").toString()).isEqualTo("[\"" + operation + "\"]");
        var binding = manifests.get("ValidatingAdmissionPolicyBinding", name);
        assertThat(binding.at("/spec/policyName").asText()).isEqualTo(name);
        assertThat(binding.at("/spec/validationActions").toString()).isEqualTo("[\"Deny\"]");
    }
}
