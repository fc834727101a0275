package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.junit.jupiter.api.Test;

/** {@code templates/consul.yaml}: Consul's servers in the cluster. */
class ConsulTest {

    @Test
    void oneServerKeepsToItself() throws JsonProcessingException {
        Manifests manifests = Chart.withEmbeddedConsul();
        JsonNode config = config(manifests);
        assertThat(config.path("bind_addr").asText()).isEqualTo("127.0.0.1");
        assertThat(config.path("bootstrap_expect").asInt()).isEqualTo(1);
        assertThat(manifests
                        .get("StatefulSet", "hamesh-consul")
                        .at("/spec/replicas")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void oneServerNeedsNothingBesides() {
        assertThat(Chart.withEmbeddedConsul().names())
                .doesNotContain(
                        "Service hamesh-consul-servers",
                        "PodDisruptionBudget hamesh-consul",
                        "NetworkPolicy hamesh-consul");
        assertThat(Chart.withEmbeddedConsul().get("Service", "hamesh-consul").at("/spec/sessionAffinity"))
                .isEqualTo(MissingNode.getInstance());
    }

    /** Ordered, the first would wait for ever to be ready; with no address while unready, none would find another. */
    @Test
    void threeServersFindEachOtherBeforeAnyIsReady() throws JsonProcessingException {
        Manifests three = three();
        JsonNode set = three.get("StatefulSet", "hamesh-consul");
        assertThat(config(three).path("bootstrap_expect").asInt()).isEqualTo(3);
        assertThat(config(three).at("/retry_join/0").asText()).isEqualTo("hamesh-consul-servers");
        assertThat(config(three).has("bind_addr")).isFalse();
        assertThat(set.at("/spec/podManagementPolicy").asText()).isEqualTo("Parallel");
        assertThat(Manifests.container(set).path("command").toString())
                .contains("-bind=$(POD_IP)", "-node=$(POD_NAME)");
        JsonNode service = three.get("Service", "hamesh-consul-servers");
        assertThat(service.at("/spec/clusterIP").asText()).isEqualTo("None");
        assertThat(service.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
    }

    /** One that stays away without leaving keeps its name from its successor, who has another address, for half a minute. */
    @Test
    void threeServersLeaveWhenTheyAreStopped() throws JsonProcessingException {
        assertThat(config(three()).path("leave_on_terminate").asBoolean()).isTrue();
        assertThat(config(three()).at("/autopilot/min_quorum").asInt()).isEqualTo(2);
        assertThat(config(Chart.withEmbeddedConsul()).has("leave_on_terminate")).isFalse();
    }

    @Test
    void oneOfThreeServersMayGoAtATime() {
        assertThat(three().get("PodDisruptionBudget", "hamesh-consul").at("/spec/maxUnavailable"))
                .hasToString("1");
        assertThat(three().get("StatefulSet", "hamesh-consul")
                        .at(
                                "/spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void sidecarsKeepToOneOfThreeServers() {
        assertThat(three().get("Service", "hamesh-consul")
                        .at("/spec/sessionAffinity")
                        .asText())
                .isEqualTo("ClientIP");
    }

    @Test
    void onlyServersReachTheServersPorts() {
        JsonNode rules = three().get("NetworkPolicy", "hamesh-consul").at("/spec/ingress");
        assertThat(rules).hasSize(2);
        assertThat(rules.at("/0/ports").toString()).isEqualTo("[{\"port\":\"http\"}]");
        assertThat(rules.at("/1/from/0/podSelector/matchLabels/app.kubernetes.io~1component")
                        .asText())
                .isEqualTo("consul");
    }

    /** Where the chart cannot look for a default StorageClass. */
    @Test
    void dataEndsWithThePodUnlessAVolumeIsAskedFor() {
        JsonNode set = Chart.withEmbeddedConsul().get("StatefulSet", "hamesh-consul");
        assertThat(set.at("/spec/template/spec/volumes/1").toString()).isEqualTo("{\"name\":\"data\",\"emptyDir\":{}}");
        JsonNode named = Chart.withEmbeddedConsul("consul.embedded.storage.storageClass=fast")
                .get("StatefulSet", "hamesh-consul");
        assertThat(named.at("/spec/volumeClaimTemplates")).hasSize(1);
        assertThat(named.at("/spec/template/spec/volumes")).hasSize(1);
        JsonNode no = Chart.withEmbeddedConsul(
                        "consul.embedded.storage.storageClass=fast", "consul.embedded.storage.enabled=false")
                .get("StatefulSet", "hamesh-consul");
        assertThat(no.has("volumeClaimTemplates")).isFalse();
    }

    /** Consul reads its configuration only when it starts. */
    @Test
    void changedConfigurationRestartsTheServers() {
        String checksum = "/spec/template/metadata/annotations/checksum~1config";
        assertThat(three().get("StatefulSet", "hamesh-consul").at(checksum).asText())
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(Chart.withEmbeddedConsul()
                        .get("StatefulSet", "hamesh-consul")
                        .at(checksum)
                        .asText());
    }

    /** A version of the chart that changes nothing else must not restart Consul. */
    @Test
    void podsDoNotCarryTheChartsVersion() {
        assertThat(Chart.withEmbeddedConsul()
                        .get("StatefulSet", "hamesh-consul")
                        .at("/spec/template/metadata/labels")
                        .toString())
                .doesNotContain("0.1.0");
    }

    private static Manifests three() {
        return Chart.withEmbeddedConsul("consul.embedded.servers=3");
    }

    @Test
    void meshDeniesByDefaultAndSidecarsMayWatchManyThings() throws JsonProcessingException {
        JsonNode config = config(Chart.withEmbeddedConsul());
        assertThat(config.path("default_intention_policy").asText()).isEqualTo("deny");
        assertThat(config.at("/connect/enabled").asBoolean()).isTrue();
        assertThat(config.at("/limits/http_max_conns_per_client").asInt()).isEqualTo(2000);
    }

    @Test
    void serverIsReadyOnceItHasALeader() {
        JsonNode container = Manifests.container(Chart.withEmbeddedConsul().get("StatefulSet", "hamesh-consul"));
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/v1/catalog/services");
    }

    @Test
    void consulHasNoRightsInTheCluster() {
        Manifests manifests = Chart.withEmbeddedConsul();
        assertThat(manifests
                        .get("ServiceAccount", "hamesh-consul")
                        .path("automountServiceAccountToken")
                        .asBoolean(true))
                .isFalse();
        assertThat(manifests.find("RoleBinding", "hamesh-consul")).isEmpty();
    }

    private static JsonNode config(Manifests manifests) throws JsonProcessingException {
        return new ObjectMapper()
                .readTree(manifests
                        .get("ConfigMap", "hamesh-consul")
                        .at("/data/server.json")
                        .asText());
    }
}
