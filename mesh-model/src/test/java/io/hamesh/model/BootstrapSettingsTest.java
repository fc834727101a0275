package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                            probe("db-1", Kind.READINESS, new Grpc(9000, 20202, "a b/$(X)"))),
                    List.of("tcp", "SPDY/3.1"),
                    new ProxySettings(
                            500,
                            OptionalInt.of(50),
                            Optional.of(new ProbeSecret("0123456789abcdef".repeat(2))),
                            true)));

    /** The same as far as releases knew that had the former names. */
    private static final BootstrapSettings EARLIER = new BootstrapSettings(
            FULL.cluster(),
            FULL.consulAddress(),
            FULL.service().withProxy(ProxySettings.DEFAULT).withUpgrades(List.of()));

    private static final BootstrapSettings CLIENT = new BootstrapSettings(
            "prod", "http://consul:8500", ServiceSettings.named("job").build());

    @Test
    void environmentCarriesEverySetting() {
        assertThat(FULL.toEnvironment())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("hamesh.cluster", "prod"),
                        Map.entry("hamesh.consul-address", "http://consul:8500"),
                        Map.entry("hamesh.service", "www"),
                        Map.entry("hamesh.port", "8080"),
                        Map.entry("hamesh.protocol", "http"),
                        Map.entry("hamesh.unsecured-port", "8081"),
                        Map.entry("hamesh.upstreams", "redis:6379,api:9000"),
                        Map.entry("hamesh.require-loopback", "true"),
                        Map.entry("hamesh.open-ports", "9090,9091"),
                        Map.entry("hamesh.tags", "v2,blue"),
                        Map.entry("hamesh.upgrades", "tcp,SPDY/3.1"),
                        Map.entry("hamesh.meta.team-name", "shop"),
                        Map.entry("hamesh.probe.app.startup", "http 8080 /started?a=b host,x-a"),
                        Map.entry("hamesh.probe.app.readiness", "https 8443 /"),
                        Map.entry("hamesh.probe.app.pre-stop", "http 8080 /drain"),
                        Map.entry("hamesh.probe.cache.liveness", "tcp 6379"),
                        Map.entry("hamesh.probe.db-1.liveness", "grpc 9000 20201"),
                        Map.entry("hamesh.probe.db-1.readiness", "grpc 9000 20202 a+b%2F%24%28X%29"),
                        Map.entry("hamesh.max-connections", "500"),
                        Map.entry("hamesh.unsecured-connections-per-source", "50"),
                        Map.entry("hamesh.probe-secret", "0123456789abcdef".repeat(2)),
                        Map.entry("hamesh.post-quantum", "true")));
    }

    @Test
    void settingsSurviveTheWayThroughTheEnvironment() {
        assertThat(BootstrapSettings.fromEnvironment(FULL.toEnvironment())).isEqualTo(FULL);
        assertThat(BootstrapSettings.fromEnvironment(CLIENT.toEnvironment())).isEqualTo(CLIENT);
    }

    /** A pod that says nothing, as those of earlier releases do, keeps to the classical key exchange. */
    @Test
    void postQuantumKeyExchangeIsOffUnlessThePodSaysTrue() {
        assertThat(CLIENT.toEnvironment()).doesNotContainKey("hamesh.post-quantum");
        assertThat(BootstrapSettings.fromEnvironment(without("hamesh.post-quantum"))
                        .service()
                        .proxy()
                        .postQuantum())
                .isFalse();
        assertThat(BootstrapSettings.fromEnvironment(with("hamesh.post-quantum", "false"))
                        .service()
                        .proxy()
                        .postQuantum())
                .isFalse();
    }

    /** What the kubelet adds to every container of a namespace in which such a Service is. */
    @Test
    void connectionsAndMemoryFollowOneFormula() {
        assertThat(ProxySettings.memoryMib(ProxySettings.DEFAULT_MAX_CONNECTIONS))
                .isEqualTo(ProxySettings.DEFAULT_MEMORY_MIB);
        assertThat(ProxySettings.connectionsIn(ProxySettings.DEFAULT_MEMORY_MIB))
                .isEqualTo(ProxySettings.DEFAULT_MAX_CONNECTIONS);
        assertThat(ProxySettings.connectionsIn(32)).isEqualTo(ProxySettings.LEAST_MAX_CONNECTIONS);
        assertThat(ProxySettings.memoryMib(5000)).isEqualTo(381);
    }

    @Test
    void probeSecretIsNotInWhatIsLogged() {
        assertThat(FULL.toString()).contains("maxConnections=500").doesNotContain("0123456789abcdef");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("hamesh.probe-secret", "short")))
                .hasMessageContaining("hamesh.probe-secret: expected 32 hexadecimal digits")
                .hasMessageNotContaining("short");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hamesh",
                "hamesh-cluster",
                "hamesh-consul-address",
                "hamesh-meta",
                "hamesh-open",
                "hamesh-pod",
                "hamesh-probe",
                "hamesh-probe-app",
                "hamesh-service",
                "hamesh-unsecured"
            })
    void noServiceOfTheNamespaceMakesASetting(String service) {
        String name = service.toUpperCase(Locale.ROOT).replace('-', '_');
        Map<String, String> env = new TreeMap<>(FormerNames.added(CLIENT.toEnvironment()));
        for (String link : List.of("_PORT", "_PORT_80_TCP", "_SERVICE_PORT_HTTP", "_PORT_80_TCP_ADDR")) {
            env.put(name + link, "tcp://10.96.0.7:80");
        }
        env.put(name + "_SERVICE_HOST", "10.96.0.7");
        env.put(name + "_SERVICE_PORT", "80");
        assertThat(BootstrapSettings.fromEnvironment(env)).isEqualTo(CLIENT);
    }

    @Test
    void agentReadsNoFormerName() {
        Map<String, String> former = new TreeMap<>(FormerNames.added(EARLIER.toEnvironment()));
        former.keySet().removeAll(EARLIER.toEnvironment().keySet());
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(former)).hasMessage("hamesh.service is not set");
        assertThat(BootstrapSettings.ofPod(former))
                .as("the operator reads a pod injected earlier")
                .isEqualTo(EARLIER);
    }

    @Test
    void formerNamesAreThoseThatEarlierReleasesRead() {
        Map<String, String> former = new TreeMap<>(FormerNames.added(EARLIER.toEnvironment()));
        former.keySet().removeAll(EARLIER.toEnvironment().keySet());
        assertThat(former)
                .hasSameSizeAs(EARLIER.toEnvironment())
                .containsEntry("HAMESH_PORT", "8080")
                .containsEntry("HAMESH_UNSECURED_PORT", "8081")
                .containsEntry("HAMESH_META_team-name", "shop")
                .containsEntry("HAMESH_PROBE_app.startup", "http 8080 /started?a=b host,x-a");
    }

    @Test
    void todaysNamesCountWhereAPodHasBoth() {
        Map<String, String> both = new TreeMap<>(FormerNames.added(FULL.toEnvironment()));
        both.put("HAMESH_SERVICE", "bank");
        both.put("HAMESH_META_other", "x");
        assertThat(BootstrapSettings.ofPod(both)).isEqualTo(FULL);
    }

    @Test
    void missingOrMalformedVariableIsNamed() {
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(without("hamesh.service")))
                .hasMessage("hamesh.service is not set");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("hamesh.port", "70000")))
                .hasMessage("hamesh.port=70000: expected a port, 1 to 65535");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("hamesh.protocol", "HTTP")))
                .hasMessage("hamesh.protocol=HTTP: expected one of tcp, http, http2, grpc");
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("hamesh.upstreams", "redis")))
                .hasMessage("hamesh.upstreams: \"redis\": expected NAME:PORT, for example redis:6379");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app.readyness | tcp 80 | hamesh.probe.app.readyness: expected hamesh.probe.CONTAINER.KIND",
                "app.readiness | udp 80 | hamesh.probe.app.readiness=udp 80: expected \"http PORT PATH\", \"tcp PORT\" or \"grpc PORT LISTEN\"",
                "app.readiness | tcp 0 | hamesh.probe.app.readiness=tcp 0: port 0: expected 1 to 65535",
                "app.readiness | grpc 9000 8080 | hamesh.probe.app.readiness=grpc 9000 8080: port 8080: expected one for gRPC probes",
                "app.readiness | http 80 a | hamesh.probe.app.readiness=http 80 a: path \"a\": expected an encoded path",
                "app.readiness | http 80 /\"${X}\" | hamesh.probe.app.readiness=http 80 /\"${X}\": path \"/\"${X}\"\": expected an encoded path",
                "app.readiness | http 80 / a,.* | hamesh.probe.app.readiness=http 80 / a,.*: header \".*\": expected a name in lower case",
            })
    void malformedProbeIsNamed(String name, String value, String message) {
        assertThatThrownBy(() -> BootstrapSettings.fromEnvironment(with("hamesh.probe." + name, value)))
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
