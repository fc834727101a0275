package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code templates/networkpolicy.yaml}: nothing but the sidecar's ports of injected pods. */
class NetworkPolicyTest {
    private static final String ENABLED = "networkPolicy.enabled=true";

    @Test
    void isAbsentUnlessAskedFor() {
        assertThat(Chart.withEmbeddedConsul().all("NetworkPolicy")).isEmpty();
        assertThat(Chart.withEmbeddedConsul("networkPolicy.namespaces={shop}").all("NetworkPolicy"))
                .isEmpty();
    }

    @Test
    void eachNamespaceHasOne() {
        List<JsonNode> policies = Chart.withEmbeddedConsul(ENABLED, "networkPolicy.namespaces={shop,web}")
                .all("NetworkPolicy");
        assertThat(policies)
                .extracting(policy -> policy.at("/metadata/namespace").asText())
                .containsExactly("shop", "web");
        assertThat(policies).allSatisfy(policy -> {
            assertThat(policy.at("/spec/podSelector/matchLabels").toString())
                    .isEqualTo("{\"hamesh.io/injected\":\"true\"}");
            assertThat(policy.at("/spec/policyTypes").toString()).isEqualTo("[\"Ingress\"]");
        });
    }

    @Test
    void admitsTheSidecarsPortsAndThoseListed() {
        JsonNode policy = Chart.withEmbeddedConsul(
                        ENABLED, "networkPolicy.namespaces={shop}", "networkPolicy.unsecuredPorts={8088,8089}")
                .get("NetworkPolicy", "hamesh-mesh-only");
        assertThat(policy.at("/spec/ingress")).hasSize(1);
        assertThat(Manifests.elements(policy.at("/spec/ingress/0/ports")).map(NetworkPolicyTest::range))
                .containsExactly("20000-20099", "20200-20300", "8088-8088", "8089-8089");
    }

    @Test
    void admitsThePortsThatAreMeantToBeOpen() {
        JsonNode policy = Chart.withEmbeddedConsul(
                        ENABLED,
                        "networkPolicy.namespaces={shop}",
                        "networkPolicy.unsecuredPorts={8088}",
                        "networkPolicy.openPorts={9090,8088}")
                .get("NetworkPolicy", "hamesh-mesh-only");
        assertThat(Manifests.elements(policy.at("/spec/ingress/0/ports")).map(NetworkPolicyTest::range))
                .containsExactly("20000-20099", "20200-20300", "8088-8088", "9090-9090");
    }

    @Test
    void withoutNamespacesItWouldDoNothingAndIsRefused() {
        assertThat(Chart.refusal(Chart.EMBEDDED, ENABLED)).contains("networkPolicy.namespaces is empty");
    }

    private static String range(JsonNode port) {
        assertThat(port.path("protocol").asText()).isEqualTo("TCP");
        int first = port.path("port").asInt();
        return first + "-" + port.path("endPort").asInt(first);
    }
}
