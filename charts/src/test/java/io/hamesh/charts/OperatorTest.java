package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code templates/operator.yaml}. */
class OperatorTest {
    private final JsonNode operator = Chart.withEmbeddedConsul().get("Deployment", "hamesh-operator");
    private final JsonNode container = Manifests.container(operator);
    private final JsonNode front = operator.at("/spec/template/spec/initContainers/0");

    @Test
    void findsTheEmbeddedConsul() {
        assertThat(Manifests.variable(container, "HAMESH_CONSUL_ADDRESS").asText())
                .isEqualTo("http://hamesh-consul.mesh:8500");
    }

    @Test
    void findsAnExternalConsul() {
        JsonNode other = Chart.withExternalConsul().get("Deployment", "hamesh-operator");
        assertThat(Manifests.variable(Manifests.container(other), "HAMESH_CONSUL_ADDRESS")
                        .asText())
                .isEqualTo("http://consul.example.org:8500");
    }

    @Test
    void isToldWhoMayBeAService() {
        assertThat(Manifests.variable(container, "HAMESH_SERVICES").asText()).isEqualTo("{}");
        JsonNode listing = Chart.withEmbeddedConsul("services.api.namespaces={shop,shop-canary}")
                .get("Deployment", "hamesh-operator");
        assertThat(Manifests.variable(Manifests.container(listing), "HAMESH_SERVICES")
                        .asText())
                .isEqualTo("{\"api\":{\"namespaces\":[\"shop\",\"shop-canary\"]}}");
    }

    @Test
    void takesNoServiceOfItsNamespaceForASetting() {
        assertThat(operator.at("/spec/template/spec/enableServiceLinks").asBoolean(true))
                .isFalse();
        assertThat(Chart.withEmbeddedConsul()
                        .get("Job", "hamesh-uninstall")
                        .at("/spec/template/spec/enableServiceLinks")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void knowsItsPod() {
        assertThat(fieldOf("POD_NAMESPACE")).isEqualTo("metadata.namespace");
        assertThat(fieldOf("POD_NAME")).isEqualTo("metadata.name");
    }

    @Test
    void isProbedOnItsOwnPorts() {
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/healthz");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/healthz");
        assertThat(ports(container)).containsExactly("reviews 9444", "http 8080");
    }

    @Test
    void hasAHaproxyInFrontThatStartsFirstAndEndsLast() {
        assertThat(operator.at("/spec/template/spec/initContainers")).hasSize(1);
        assertThat(front.path("restartPolicy").asText()).as("a native sidecar").isEqualTo("Always");
        assertThat(front.at("/command/0").asText()).isEqualTo("/usr/lib/hamesh/start-webhook");
        assertThat(front.path("image").asText())
                .isEqualTo(Manifests.variable(container, "HAMESH_HAPROXY_IMAGE").asText());
        assertThat(ports(front)).containsExactly("webhook 9443", "haproxy-metrics 8404");
        assertThat(front.at("/readinessProbe/httpGet/port").asInt()).isEqualTo(8404);
        assertThat(front.at("/env/0/valueFrom/fieldRef/fieldPath").asText()).isEqualTo("metadata.namespace");
    }

    @Test
    void sharesKeysWithItsHaproxyInMemoryOnly() {
        JsonNode shared = volume("haproxy");
        assertThat(shared.at("/emptyDir/medium").asText()).isEqualTo("Memory");
        assertThat(shared.at("/emptyDir/sizeLimit").asText()).isEqualTo("1Mi");
        for (JsonNode each : List.of(container, front)) {
            assertThat(mounts(each)).contains("haproxy at /run/hamesh");
        }
    }

    @Test
    void itsHaproxyCarriesNoServiceAccountToken() {
        JsonNode pod = operator.at("/spec/template/spec");
        assertThat(pod.path("automountServiceAccountToken")).isEqualTo(BooleanNode.FALSE);
        assertThat(mounts(front)).containsExactly("haproxy at /run/hamesh");
        assertThat(mounts(container)).contains("token at /var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(volume("token")
                        .at("/projected/sources/0/serviceAccountToken/path")
                        .asText())
                .isEqualTo("token");
    }

    /** By which operators know that each pod answers the unguessable path. */
    @Test
    void podsSayThatTheyCompareThePath() {
        assertThat(operator.at("/spec/template/metadata/annotations/operator.hamesh.io~1webhook-path")
                        .asText())
                .isNotEmpty();
    }

    /** What is measured under attack stays below. */
    @Test
    void itsHaproxyMayHoldTheConnectionsOfStrangers() {
        assertThat(front.at("/resources/limits/memory").asText()).isEqualTo("256Mi");
    }

    /** As {@code helm upgrade --reuse-values} has them after a release before this one. */
    @Test
    void needsNoValuesForItsHaproxy() {
        assertThat(Chart.withEmbeddedConsul("operator.haproxy=null")
                        .get("Deployment", "hamesh-operator")
                        .at("/spec/template/spec/initContainers/0/resources")
                        .isMissingNode())
                .isTrue();
    }

    /** As {@code helm upgrade --reuse-values} has them after a release before this one. */
    @Test
    void keepsToTheClassicalKeyExchangeWithoutValuesForTls() {
        JsonNode upgraded = Chart.withEmbeddedConsul("tls=null").get("Deployment", "hamesh-operator");
        assertThat(Manifests.variable(Manifests.container(upgraded), "HAMESH_TLS_POST_QUANTUM")
                        .asText())
                .isEqualTo("false");
    }

    @Test
    void isUpdatedWithoutEverBeingFewer() {
        assertThat(operator.at("/spec/strategy/rollingUpdate/maxUnavailable").asText())
                .isEqualTo("0");
        assertThat(operator.at("/spec/strategy/rollingUpdate/maxSurge").asText())
                .isEqualTo("1");
        assertThat(operator.at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .as("more than the 5 s for which it answers on")
                .isEqualTo(30);
    }

    @Test
    void spreadsOverNodesAndZones() {
        assertThat(Manifests.elements(operator.at("/spec/template/spec/topologySpreadConstraints")))
                .hasSize(2)
                .allSatisfy(constraint -> {
                    assertThat(constraint.path("whenUnsatisfiable").asText()).isEqualTo("ScheduleAnyway");
                    assertThat(constraint.at("/labelSelector/matchLabels"))
                            .isEqualTo(operator.at("/spec/selector/matchLabels"));
                })
                .extracting(constraint -> constraint.path("topologyKey").asText())
                .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
    }

    @Test
    void givesUpOneReplicaAtMostToADrain() {
        JsonNode budget = Chart.withEmbeddedConsul().get("PodDisruptionBudget", "hamesh-operator");
        assertThat(budget.at("/spec/maxUnavailable").asInt()).isEqualTo(1);
        assertThat(budget.at("/spec/selector/matchLabels")).isEqualTo(operator.at("/spec/selector/matchLabels"));
        assertThat(Chart.withEmbeddedConsul("operator.replicas=1").find("PodDisruptionBudget", "hamesh-operator"))
                .as("of one replica it would block the drain of its node")
                .isEmpty();
    }

    @Test
    void runsWhereItIsTold() {
        JsonNode pod = Chart.withEmbeddedConsul(
                        "operator.nodeSelector.pool=infra",
                        "operator.tolerations[0].key=infra",
                        "operator.tolerations[0].operator=Exists")
                .get("Deployment", "hamesh-operator")
                .at("/spec/template/spec");
        assertThat(pod.at("/nodeSelector/pool").asText()).isEqualTo("infra");
        assertThat(pod.at("/tolerations/0/key").asText()).isEqualTo("infra");
        assertThat(operator.at("/spec/template/spec/nodeSelector").isMissingNode())
                .isTrue();
    }

    private static List<String> ports(JsonNode container) {
        return Manifests.elements(container.path("ports"))
                .map(port -> port.path("name").asText() + " "
                        + port.path("containerPort").asInt())
                .toList();
    }

    private JsonNode volume(String name) {
        return Manifests.elements(operator.at("/spec/template/spec/volumes"))
                .filter(volume -> volume.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> mounts(JsonNode container) {
        return Manifests.elements(container.path("volumeMounts"))
                .map(mount -> mount.path("name").asText() + " at "
                        + mount.path("mountPath").asText())
                .toList();
    }

    private String fieldOf(String variable) {
        return Manifests.elements(container.path("env"))
                .filter(each -> each.path("name").asText().equals(variable))
                .map(each -> each.at("/valueFrom/fieldRef/fieldPath").asText())
                .findFirst()
                .orElse("");
    }
}
