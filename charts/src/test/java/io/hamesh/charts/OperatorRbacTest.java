package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code templates/operator-rbac.yaml}: what the operator may do, and above all what not. */
class OperatorRbacTest {
    private static final Set<String> READ = Set.of("get", "list", "watch");

    private final Manifests manifests = Chart.withExternalConsul();

    @Test
    void noRuleHasAWildcard() {
        assertThat(rules()).allSatisfy(rule -> assertThat(rule.toString()).doesNotContain("\"*\""));
    }

    @Test
    void podsNodesAndNamespacesAreOnlyRead() {
        assertThat(verbs("ClusterRole", "pods").toList()).isNotEmpty().isSubsetOf(READ);
        assertThat(verbs("ClusterRole", "nodes").toList()).isNotEmpty().isSubsetOf(READ);
        assertThat(verbs("ClusterRole", "namespaces").toList()).isNotEmpty().isSubsetOf(READ);
    }

    @Test
    void secretsOfOthersAreOutOfReach() {
        assertThat(rules("ClusterRole"))
                .noneMatch(rule -> names(rule, "resources").contains("secrets"));
        assertThat(rules("Role"))
                .filteredOn(rule -> names(rule, "resources").contains("secrets"))
                .allSatisfy(rule -> assertThat(names(rule, "verbs").equals(List.of("create"))
                                || names(rule, "resourceNames").equals(List.of("hamesh-webhook-tls")))
                        .isTrue());
    }

    @Test
    void onlyItsOwnWebhookConfigurationsChange() {
        assertThat(rules("ClusterRole"))
                .filteredOn(rule -> names(rule, "apiGroups").contains("admissionregistration.k8s.io"))
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(names(rule, "resourceNames")).containsExactly("hamesh"));
    }

    @Test
    void definitionsAreOnlyCompared() {
        assertThat(verbs("ClusterRole", "customresourcedefinitions")).containsExactly("get");
    }

    @Test
    void intentionsKeepTheirSpec() {
        assertThat(verbs("ClusterRole", "serviceintentions")).doesNotContain("create", "delete");
        assertThat(verbs("ClusterRole", "serviceintentions/status")).contains("patch");
    }

    @Test
    void rolesAreBoundToTheOperator() {
        for (String kind : List.of("ClusterRole", "Role")) {
            JsonNode binding = manifests.get(kind + "Binding", "hamesh-operator");
            assertThat(binding.at("/roleRef/kind").asText()).isEqualTo(kind);
            assertThat(binding.at("/roleRef/name").asText()).isEqualTo("hamesh-operator");
            assertThat(binding.at("/subjects/0/name").asText()).isEqualTo("hamesh-operator");
            assertThat(binding.at("/subjects/0/namespace").asText()).isEqualTo(Chart.NAMESPACE);
        }
    }

    private Stream<String> verbs(String kind, String resource) {
        return rules(kind).stream()
                .filter(rule -> names(rule, "resources").contains(resource))
                .flatMap(rule -> names(rule, "verbs").stream());
    }

    private List<JsonNode> rules() {
        return Stream.concat(rules("ClusterRole").stream(), rules("Role").stream())
                .toList();
    }

    private List<JsonNode> rules(String kind) {
        return Manifests.elements(manifests.get(kind, "hamesh-operator").path("rules"))
                .toList();
    }

    private static List<String> names(JsonNode rule, String field) {
        return Manifests.elements(rule.path(field)).map(JsonNode::asText).toList();
    }
}
