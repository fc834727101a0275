package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code templates/uninstall.yaml}: what runs before {@code helm uninstall} deletes anything, and is gone with it. */
class UninstallTest {
    private final Manifests manifests = Chart.withExternalConsul();
    private final JsonNode job = manifests.get("Job", "hamesh-uninstall");

    @Test
    void allOfItExistsOnlyForTheHook() {
        assertThat(hook()).hasSize(6).allSatisfy(object -> {
            JsonNode annotations = object.at("/metadata/annotations");
            assertThat(annotations.path("helm.sh/hook").asText()).isEqualTo("pre-delete");
            assertThat(annotations.path("helm.sh/hook-delete-policy").asText())
                    .isEqualTo("before-hook-creation,hook-succeeded");
        });
    }

    @Test
    void rightsAreThereBeforeTheJob() {
        assertThat(hook())
                .filteredOn(object -> !Manifests.kind(object).equals("Job"))
                .allSatisfy(object -> assertThat(weight(object)).isLessThan(weight(job)));
    }

    @Test
    void failureEndsAndIsTold() {
        assertThat(job.at("/spec/backoffLimit").asInt()).isEqualTo(3);
        assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isLessThan(300); // helm's own patience
        assertThat(job.at("/spec/template/spec/restartPolicy").asText()).isEqualTo("Never");
        assertThat(job.at("/metadata/annotations/helm.sh~1hook-output-log-policy")
                        .asText())
                .isEqualTo("hook-succeeded,hook-failed");
    }

    @Test
    void operatorsImageRunsIt() {
        JsonNode container = Manifests.container(job);
        assertThat(container.path("args").toString()).isEqualTo("[\"uninstall\"]");
        assertThat(container.path("image"))
                .isEqualTo(Manifests.container(manifests.get("Deployment", "hamesh-operator"))
                        .path("image"));
    }

    @Test
    void itRunsWhereTheOperatorMay() {
        JsonNode pod = Chart.withExternalConsul(
                        "operator.nodeSelector.disk=ssd",
                        "operator.tolerations[0].key=infra",
                        "operator.priorityClassName=system-cluster-critical")
                .get("Job", "hamesh-uninstall")
                .at("/spec/template/spec");
        assertThat(pod.at("/nodeSelector/disk").asText()).isEqualTo("ssd");
        assertThat(pod.at("/tolerations/0/key").asText()).isEqualTo("infra");
        assertThat(pod.path("priorityClassName").asText()).isEqualTo("system-cluster-critical");
    }

    @Test
    void itsPodIsNoneOfTheOperators() {
        assertThat(job.at("/spec/template/metadata/labels/app.kubernetes.io~1component")
                        .asText())
                .isEqualTo("uninstall");
    }

    @Test
    void itMayDoNoMoreThanItsWork() {
        assertThat(manifests
                        .get("ClusterRole", "hamesh-uninstall")
                        .path("rules")
                        .toString())
                .doesNotContain("\"*\"", "secrets", "pods", "create", "update");
        assertThat(manifests.get("Role", "hamesh-uninstall").path("rules").toString())
                .doesNotContain("\"*\"", "create");
    }

    @Test
    void partingWordsAreThoseOfTheNotes() {
        String words = Manifests.variable(Manifests.container(job), "HAMESH_PARTING_WORDS")
                .asText();
        assertThat(Chart.notes(Chart.EXTERNAL)).contains(words);
        assertThat(words)
                .contains(
                        "kubectl -n mesh run purge-hamesh --rm -i --restart=Never --image=hamesh/operator:0.1.0"
                                + " --env=HAMESH_CLUSTER_NAME=kubernetes --env=HAMESH_CONSUL_ADDRESS=http://consul.example.org:8500"
                                + " --override-type=strategic --overrides='",
                        "' -- purge --yes && kubectl delete customresourcedefinition serviceintentions.hamesh.io"
                                + " && kubectl delete namespace mesh");
    }

    @Test
    void purgesPodPassesPodSecurityRestricted() {
        String notes = Chart.notes(Chart.EXTERNAL);
        String overrides = notes.substring(notes.indexOf("--overrides='") + 13, notes.indexOf("' -- purge"));
        JsonNode pod = Manifests.of(overrides).objects().getFirst().path("spec");
        assertThat(pod.path("securityContext"))
                .isEqualTo(manifests.get("Deployment", "hamesh-operator").at("/spec/template/spec/securityContext"));
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.at("/containers/0/name").asText()).isEqualTo("purge-hamesh");
        assertThat(pod.at("/containers/0/securityContext"))
                .isEqualTo(Manifests.container(job).path("securityContext"));
    }

    @Test
    void embeddedConsulIsNotPurgedForItIsGone() {
        assertThat(Chart.notes(Chart.EMBEDDED))
                .contains("sidecars serve on", "\n  kubectl delete customresourcedefinition")
                .doesNotContain("purge");
    }

    @Test
    void purgePullsItsImageAsTheOperatorDoes() {
        assertThat(Chart.notes(Chart.EXTERNAL, "image.pullPolicy=Never"))
                .contains(" --image-pull-policy=Never --image=");
    }

    private List<JsonNode> hook() {
        return manifests.objects().stream()
                .filter(object -> Manifests.name(object).equals("hamesh-uninstall"))
                .toList();
    }

    private static int weight(JsonNode object) {
        return object.at("/metadata/annotations/helm.sh~1hook-weight").asInt();
    }
}
