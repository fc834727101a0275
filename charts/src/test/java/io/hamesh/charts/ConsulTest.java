package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
