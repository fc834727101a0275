package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code templates/injected-pods.yaml}: what holds where the webhook was not asked. */
class InjectedPodsTest {
    private final Manifests manifests = Chart.withExternalConsul();

    @ParameterizedTest
    @CsvSource({"hamesh-injected-pods, pods, CREATE", "hamesh-ephemeral-containers, pods/ephemeralcontainers, UPDATE"})
    void policyDenies(String name, String resource, String operation) {
        var policy = manifests.get("ValidatingAdmissionPolicy", name);
        assertThat(policy.at("/spec/failurePolicy").asText()).isEqualTo("Fail");
        var rule = policy.at("/spec/matchConstraints/resourceRules/0");
        assertThat(rule.at("/resources").toString()).isEqualTo("[\"" + resource + "\"]");
        assertThat(rule.at("/operations").toString()).isEqualTo("[\"" + operation + "\"]");
        var binding = manifests.get("ValidatingAdmissionPolicyBinding", name);
        assertThat(binding.at("/spec/policyName").asText()).isEqualTo(name);
        assertThat(binding.at("/spec/validationActions/0").asText()).isEqualTo("Deny");
    }
}
