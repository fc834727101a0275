package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                    Map.of("team-name", "shop"),
                    new TreeSet<>(List.of(9091, 9090)),
                    List.of(
                            probe("app", Kind.STARTUP, new Http(false, 8080, "/started?a=b", List.of("host", "x-a"))),
                            probe("app", Kind.READINESS, new Http(true, 8443, "/", List.of())),
                            probe("app", Kind.PRE_STOP, new Http(false, 8080, "/drain", List.of())),
                            probe("cache", Kind.LIVENESS, new Tcp(6379)),
                            probe("db-1", Kind.LIVENESS, new Grpc(9000, 20201, "")),
                            probe("db-1", Kind.READINESS, new Grpc(9000, 20202, "a b/$(X)")))));

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
                        Map.entry("HAMESH_OPEN_PORTS", "9090,9091"),
                        Map.entry("HAMESH_TAGS", "v2,blue"),
                        Map.entry("HAMESH_META_team-name", "shop"),
                        Map.entry("HAMESH_PROBE_app.startup", "http 8080 /started?a=b host,x-a"),
                        Map.entry("HAMESH_PROBE_app.readiness", "https 8443 /"),
                        Map.entry("HAMESH_PROBE_app.pre-stop", "http 8080 /drain"),
                        Map.entry("HAMESH_PROBE_cache.liveness", "tcp 6379"),
                        Map.entry("HAMESH_PROBE_db-1.liveness", "grpc 9000 20201"),
                        Map.entry("HAMESH_PROBE_db-1.readiness", "grpc 9000 20202 a+b%2F%24%28X%29")));
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app.readyness | tcp 80 | HAMESH_PROBE_app.readyness: expected HAMESH_PROBE_CONTAINER.KIND",
                "app.readiness | udp 80 | HAMESH_PROBE_app.readiness=udp 80: expected \"http PORT PATH\", \"tcp PORT\" or \"grpc PORT LISTEN\"",
                "app.readiness | tcp 0 | HAMESH_PROBE_app.readiness=tcp 0: port 0: expected 1 to 65535",
                "app.readiness | grpc 9000 8080 | HAMESH_PROBE_app.readiness=grpc 9000 8080: port 8080: expected one for gRPC probes",
                "app.readiness | http 80 a | HAMESH_PROBE_app.readiness=http 80 a: path \"a\": expected an encoded path",
                "app.readiness | http 80 /\"${X}\" | HAMESH_PROBE_app.readiness=http 80 /\"${X}\": path \"/\"${X}\"\": expected an encoded path",
                "app.readiness | http 80 / a,.* | HAMESH_PROBE_app.readiness=http 80 / a,.*: header \".*\": expected a name in lower case",
            })
    void malformedProbeIsNamed(String name, String value, String message) {
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("HAMESH_PROBE_" + name, value)))
                .hasMessage(message);
    }

    @Test
    void noLineBreakReachesAConfiguration() {
        assertThatThrownBy(() -> new Http(false, 80, "/\nuse_backend x", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static AppProbe probe(String container, Kind kind, ProbeTarget target) {
        return new AppProbe(container, kind, target);
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
