package io.hamesh.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.operator.ownership.OwnershipSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorSettingsTest {
    private static final Map<String, String> REQUIRED = Map.of(
            "HAMESH_CLUSTER_NAME", "prod",
            "HAMESH_CONSUL_ADDRESS", "http://consul:8500",
            "HAMESH_AGENT_IMAGE", "hamesh/agent:1",
            "HAMESH_HAPROXY_IMAGE", "hamesh/haproxy:1",
            "POD_NAMESPACE", "hamesh-system");

    @Test
    void whatIsRequiredSufficesAndTheRestHasDefaults() {
        assertThat(OperatorSettings.fromEnvironment(REQUIRED))
                .isEqualTo(new OperatorSettings(
                        "prod",
                        "http://consul:8500",
                        "hamesh/agent:1",
                        "hamesh/haproxy:1",
                        "IfNotPresent",
                        "deny",
                        3,
                        false,
                        Duration.ofDays(365),
                        "hamesh-system",
                        new OwnershipSettings("prod", Map.of(), false, Duration.ofMinutes(10))));
    }

    @ParameterizedTest
    @CsvSource({
        "HAMESH_CLUSTER_NAME",
        "HAMESH_CONSUL_ADDRESS",
        "HAMESH_AGENT_IMAGE",
        "HAMESH_HAPROXY_IMAGE",
        "POD_NAMESPACE"
    })
    void missingVariableIsNamed(String variable) {
        assertThatThrownBy(() -> OperatorSettings.fromEnvironment(with(variable, " ")))
                .hasMessage(variable + " is not set");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HAMESH_CLUSTER_NAME | my_cluster | lower-case letters, digits",
                "HAMESH_CONSUL_ADDRESS | consul:8500 | http://HOST:PORT without a path",
                "HAMESH_CONSUL_ADDRESS | http://c:8500/v1 | http://HOST:PORT without a path",
                "HAMESH_CONSUL_ADDRESS | http://c c | http://HOST:PORT without a path",
                "HAMESH_IMAGE_PULL_POLICY | always | one of Always, IfNotPresent, Never",
                "HAMESH_INTENTIONS_DEFAULT | maybe | one of allow, deny, none",
                "HAMESH_LOG_FORMAT | xml | one of json, text",
                "HAMESH_PRE_STOP_SLEEP | 3s | seconds, 0 for no pause",
                "HAMESH_TLS_POST_QUANTUM | on | one of false, true",
                "HAMESH_WEBHOOK_CERTIFICATE_LIFETIME | 29s | hours, minutes or seconds, at least 30s",
                "HAMESH_WEBHOOK_CERTIFICATE_LIFETIME | 90d | hours, minutes or seconds, at least 30s",
                "HAMESH_SERVICE_NAMES_GRANTED_ONLY | yes | one of false, true",
                "HAMESH_SERVICE_NAMES_KEPT | 10 minutes | a duration, for example 10m",
            })
    void wrongValueIsNamedWithWhatWouldBeRight(String variable, String value, String expected) {
        assertThatThrownBy(() -> OperatorSettings.fromEnvironment(with(variable, value)))
                .hasMessageStartingWith(variable + "=" + value + ": expected " + expected);
    }

    @Test
    void listedServicesAreRead() {
        Map<String, String> env = with("HAMESH_SERVICES", "{\"api\":{\"namespaces\":[\"shop\",\"bank\"]}}");
        env.put("HAMESH_SERVICE_NAMES_KEPT", "5s");
        env.put("HAMESH_SERVICE_NAMES_GRANTED_ONLY", "true");
        assertThat(OperatorSettings.fromEnvironment(env).ownership())
                .isEqualTo(new OwnershipSettings(
                        "prod", Map.of("api", List.of("bank", "shop")), true, Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | services: not JSON",
                "[] | services: expected services by name, for example",
                "{\"My Api\":{}} | services.My Api: expected a service's name",
                "{\"api\":{\"namespace\":[\"shop\"]}} | services.api.namespace: no such value, expected namespaces",
                "{\"api\":{}} | services.api.namespaces: expected a list of at least one namespace",
                "{\"api\":{\"namespaces\":\"shop\"}} | services.api.namespaces: expected a list",
                "{\"api\":{\"namespaces\":[\"Shop\"]}} | services.api.namespaces: \"Shop\": expected a namespace's name",
                "{\"api\":{\"namespaces\":[\"a\",\"a\"]}} | services.api.namespaces: \"a\" is there twice",
            })
    void wrongListedServiceIsNamedWithWhatWouldBeRight(String json, String expected) {
        assertThatThrownBy(() -> OperatorSettings.fromEnvironment(with("HAMESH_SERVICES", json)))
                .hasMessageStartingWith("HAMESH_SERVICES: " + expected);
    }

    private static Map<String, String> with(String variable, String value) {
        Map<String, String> env = new TreeMap<>(REQUIRED);
        env.put(variable, value);
        return env;
    }
}
