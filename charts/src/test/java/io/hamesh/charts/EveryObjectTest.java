package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What holds for all that the chart makes, whichever template it is from. */
class EveryObjectTest {
    private static final Set<String> CLUSTER_SCOPED = Set.of(
            "ClusterRole",
            "ClusterRoleBinding",
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding");

    static final List<Manifests> INSTALLATIONS = List.of(
            Chart.withEmbeddedConsul(),
            Chart.withEmbeddedConsul("consul.embedded.servers=3", "consul.embedded.storage.enabled=true"),
            Chart.withExternalConsul());

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void isInTheReleasesNamespaceOrInNone(Manifests installation) {
        assertThat(installation.objects()).allSatisfy(object -> assertThat(
                        object.at("/metadata/namespace").asText())
                .isEqualTo(CLUSTER_SCOPED.contains(Manifests.kind(object)) ? "" : Chart.NAMESPACE));
    }

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void saysWhoseItIs(Manifests installation) {
        assertThat(installation.objects()).allSatisfy(object -> {
            JsonNode labels = object.at("/metadata/labels");
            assertThat(labels.path("app.kubernetes.io/name").asText()).isEqualTo("hamesh");
            assertThat(labels.path("app.kubernetes.io/instance").asText()).isEqualTo(Chart.RELEASE);
            assertThat(labels.path("app.kubernetes.io/component").asText()).isNotEmpty();
            assertThat(labels.path("app.kubernetes.io/version").asText()).isEqualTo("0.1.0");
            assertThat(labels.path("app.kubernetes.io/managed-by").asText()).isEqualTo("Helm");
            assertThat(labels.path("helm.sh/chart").asText()).isEqualTo("hamesh-0.1.0");
        });
    }

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void hasANameOfOurOwn(Manifests installation) {
        assertThat(installation.objects())
                .allSatisfy(object -> assertThat(Manifests.name(object)).matches("hamesh(-[a-z-]+)?"));
        assertThat(installation.names()).doesNotHaveDuplicates();
    }

    /** Our own webhook would ask for such pods, and a cluster that starts from nothing has no webhook to answer. */
    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void podsDoNotSpeakOfTheMesh(Manifests installation) {
        assertThat(installation.workloads()).isNotEmpty().allSatisfy(workload -> {
            JsonNode template = workload.at("/spec/template");
            assertThat(Stream.of("labels", "annotations")
                            .flatMap(field -> template.at("/metadata/" + field).propertyStream())
                            .map(java.util.Map.Entry::getKey))
                    .noneMatch(key -> key.startsWith("hamesh.io/"));
            assertThat(containers(template)
                            .map(container -> container.path("name").asText()))
                    .noneMatch(name -> name.startsWith("hamesh-"));
        });
    }

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void podsPassPodSecurityRestricted(Manifests installation) {
        assertThat(installation.workloads()).allSatisfy(workload -> {
            JsonNode template = workload.at("/spec/template");
            JsonNode pod = template.at("/spec/securityContext");
            assertThat(pod.path("runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.path("runAsUser").asInt()).isPositive();
            assertThat(pod.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(containers(template)).allSatisfy(container -> {
                JsonNode security = container.path("securityContext");
                assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                        .isFalse();
                assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
            });
        });
    }

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void containersAskForWhatTheyNeed(Manifests installation) {
        assertThat(installation.workloads())
                .flatMap(workload -> containers(workload.at("/spec/template")).toList())
                .allSatisfy(container -> {
                    assertThat(container.at("/resources/requests/cpu").isMissingNode())
                            .isFalse();
                    assertThat(container.at("/resources/requests/memory").isMissingNode())
                            .isFalse();
                    assertThat(container.at("/resources/limits/memory").isMissingNode())
                            .isFalse();
                    assertThat(container.path("imagePullPolicy").asText()).isEqualTo("IfNotPresent");
                });
    }

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void selectorsFindTheirPods(Manifests installation) {
        List<JsonNode> labels = installation.workloads().stream()
                .map(workload -> workload.at("/spec/template/metadata/labels"))
                .toList();
        assertThat(installation.all("Service")).isNotEmpty().allSatisfy(service -> {
            JsonNode selector = service.at("/spec/selector");
            assertThat(labels.stream().filter(each -> hasAll(each, selector)))
                    .as("workloads of Service %s", Manifests.name(service))
                    .hasSize(1);
        });
        assertThat(installation.workloads())
                .filteredOn(workload -> !Manifests.kind(workload).equals("Job"))
                .allSatisfy(workload -> assertThat(hasAll(
                                workload.at("/spec/template/metadata/labels"),
                                workload.at("/spec/selector/matchLabels")))
                        .isTrue());
    }

    @ParameterizedTest
    @FieldSource("INSTALLATIONS")
    void serviceAccountsExist(Manifests installation) {
        assertThat(installation.workloads()).allSatisfy(workload -> assertThat(installation.find(
                        "ServiceAccount",
                        workload.at("/spec/template/spec/serviceAccountName").asText()))
                .isPresent());
    }

    @Test
    void everyTemplateMakesSomething() {
        assertThat(Chart.withEmbeddedConsul().names())
                .containsAll(Chart.withExternalConsul().names());
        assertThat(Chart.withExternalConsul().names()).noneMatch(name -> name.contains("consul"));
    }

    private static Stream<JsonNode> containers(JsonNode template) {
        return Stream.of("containers", "initContainers")
                .flatMap(field -> Manifests.elements(template.at("/spec/" + field)));
    }

    private static boolean hasAll(JsonNode labels, JsonNode wanted) {
        return wanted.properties().stream().allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }
}
