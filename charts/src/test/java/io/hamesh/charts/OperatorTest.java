package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** {@code templates/operator.yaml}. */
class OperatorTest {
    private final JsonNode operator = Chart.withEmbeddedConsul().get("Deployment", "hamesh-operator");
    private final JsonNode container = Manifests.container(operator);

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
    void knowsItsPod() {
        assertThat(fieldOf("POD_NAMESPACE")).isEqualTo("metadata.namespace");
        assertThat(fieldOf("POD_NAME")).isEqualTo("metadata.name");
    }

    @Test
    void isProbedOnItsOwnPorts() {
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/healthz");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/healthz");
        assertThat(Manifests.elements(container.path("ports"))
                        .map(port -> port.path("name").asText() + " "
                                + port.path("containerPort").asInt()))
                .containsExactlyInAnyOrder("webhook 9443", "http 8080");
    }

    private String fieldOf(String variable) {
        return Manifests.elements(container.path("env"))
                .filter(each -> each.path("name").asText().equals(variable))
                .map(each -> each.at("/valueFrom/fieldRef/fieldPath").asText())
                .findFirst()
                .orElse("");
    }
}
