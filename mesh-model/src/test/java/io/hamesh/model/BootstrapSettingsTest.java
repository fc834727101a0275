package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BootstrapSettingsTest {
    private static final BootstrapSettings FULL = new BootstrapSettings(
            "prod",
            "http://consul:8500",
            new ServiceSettings(
                    "www",
                    OptionalInt.of(8080),
                    Protocol.HTTP,
                    OptionalInt.of(8081),
                    List.of(new Upstream("redis", 6379), new Upstream("api", 9000)),
                    true,
                    List.of("v2", "blue"),
                    Map.of("team-name", "shop")));

    private static final BootstrapSettings CLIENT = new BootstrapSettings(
            "prod",
            "http://consul:8500",
            new ServiceSettings(
                    "job",
                    OptionalInt.empty(),
                    Protocol.TCP,
                    OptionalInt.empty(),
                    List.of(),
                    false,
                    List.of(),
                    Map.of()));

    @Test
    void environmentCarriesEverySetting() {
        assertThat(FULL.toEnvironment())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("HAMESH_CLUSTER", "prod"),
                        Map.entry("HAMESH_CONSUL_ADDRESS", "http://consul:8500"),
                        Map.entry("HAMESH_SERVICE", "www"),
                        Map.entry("HAMESH_PORT", "8080"),
                        Map.entry("HAMESH_PROTOCOL", "http"),
                        Map.entry("HAMESH_UNSECURED_PORT", "8081"),
                        Map.entry("HAMESH_UPSTREAMS", "redis:6379,api:9000"),
                        Map.entry("HAMESH_REQUIRE_LOOPBACK", "true"),
                        Map.entry("HAMESH_TAGS", "v2,blue"),
                        Map.entry("HAMESH_META_team-name", "shop")));
    }

    @Test
    void settingsSurviveTheWayThroughTheEnvironment() {
        assertThat(BootstrapSettings.fromEnvironment(FULL.toEnvironment())).isEqualTo(FULL);
        assertThat(BootstrapSettings.fromEnvironment(CLIENT.toEnvironment())).isEqualTo(CLIENT);
    }

    @Test
    void missingOrMalformedVariableIsNamed() {
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(without("HAMESH_SERVICE")))
                .hasMessage("HAMESH_SERVICE is not set");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("HAMESH_PORT", "70000")))
                .hasMessage("HAMESH_PORT=70000: expected a port, 1 to 65535");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("HAMESH_PROTOCOL", "HTTP")))
                .hasMessage("HAMESH_PROTOCOL=HTTP: expected one of tcp, http, http2, grpc");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("HAMESH_UPSTREAMS", "redis")))
                .hasMessage("HAMESH_UPSTREAMS: \"redis\": expected NAME:PORT, for example redis:6379");
    }

    private static Map<String, String> with(String key, String value) {
        Map<String, String> env = new TreeMap<>(FULL.toEnvironment());
        env.put(key, value);
        return env;
    }

    private static Map<String, String> without(String key) {
        Map<String, String> env = new TreeMap<>(FULL.toEnvironment());
        env.remove(key);
        return env;
    }
}
