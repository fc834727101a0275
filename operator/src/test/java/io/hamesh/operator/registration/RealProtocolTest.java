package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.hamesh.operator.work.Loop;
import io.hamesh.testbed.RealConsul;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Consul: which protocol its discovery chain has for a service, and that pods' word gets there. */
@EnabledIf("io.hamesh.testbed.RealConsul#exists")
class RealProtocolTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final JsonMapper json = JsonMapper.builder().build();
    private RealConsul consul;
    private ConsulGateway gateway;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        consul = new RealConsul(folder);
        consul.start();
        gateway = new ConsulGateway(consul.address(), new SimpleMeterRegistry());
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(ConsulException.class)
                .until(gateway::hasLeader);
    }

    @AfterEach
    void stop() {
        consul.close();
    }

    @Test
    void chainProtocolIsWhatConsulsDiscoveryChainSays() throws IOException {
        serviceDefaults("named", "\"Protocol\": \"GRPC\"");
        serviceDefaults("unnamed", "\"MaxInboundConnections\": 5");
        assertOurRuleIsConsuls(Map.of("named", "grpc", "unnamed", "tcp", "without", "tcp"));
        proxyDefaults("{}");
        assertOurRuleIsConsuls(Map.of("named", "grpc", "unnamed", "tcp", "without", "tcp"));
        proxyDefaults("{\"protocol\": \"http\"}");
        assertOurRuleIsConsuls(Map.of("named", "grpc", "unnamed", "tcp", "without", "http"));
        proxyDefaults("{\"Protocol\": \"HTTP2\"}");
        assertOurRuleIsConsuls(Map.of("named", "grpc", "unnamed", "tcp", "without", "http2"));
    }

    @Test
    void podsWordGetsIntoTheChainWhateverProxyDefaultsSays() throws IOException {
        ProtocolDefaults protocols = new ProtocolDefaults(gateway, "prod", InstantSource.system());
        proxyDefaults("{\"protocol\": \"http\"}");
        assertThat(protocols.ensure("cache", Protocol.TCP, () -> Set.of(Protocol.TCP)))
                .isEqualTo(new Declaration.Written());
        assertThat(protocols.ensure("www", Protocol.HTTP, () -> Set.of(Protocol.HTTP)))
                .isEqualTo(new Declaration.InPlace());
        assertThat(chain("cache")).isEqualTo("tcp");
        assertThat(chain("www")).isEqualTo("http");
        assertThat(protocols.all()).extracting(ConfigEntry::name).containsExactly("cache");
    }

    @Test
    void changeOfProxyDefaultsIsACauseToCompare() {
        Queue<Cause> causes = new ConcurrentLinkedQueue<>();
        Loop.Body following = CatalogWatch.entries(gateway, ConfigEntry.PROXY_DEFAULTS, causes::add);
        try (Loop watch = new Loop("proxy-defaults-watch", following, new Health())) {
            watch.start();
            await().until(() -> causes.size() == 1);
            proxyDefaults("{\"protocol\": \"http\"}");
            await().until(() -> causes.contains(Cause.CHANGED));
        }
    }

    private void assertOurRuleIsConsuls(Map<String, String> expected) throws IOException {
        for (Map.Entry<String, String> each : expected.entrySet()) {
            String service = each.getKey();
            assertThat(chain(service)).as("Consul's chain of %s", service).isEqualTo(each.getValue());
            assertThat(ours(service).word()).as("our rule for %s", service).isEqualTo(each.getValue());
        }
    }

    private ChainProtocol ours(String service) {
        return gateway.get(ConfigEntry.SERVICE_DEFAULTS, service)
                .map(ChainProtocol::of)
                .orElseGet(() -> ChainProtocol.withoutServiceDefaults(
                        gateway.get(ConfigEntry.PROXY_DEFAULTS, ConfigEntry.GLOBAL)));
    }

    private String chain(String service) throws IOException {
        URI chain = URI.create(consul.address() + "/v1/discovery-chain/" + service + "?consistent");
        try (InputStream answer = chain.toURL().openStream()) {
            return json.readTree(answer).path("Chain").path("Protocol").asText();
        }
    }

    private void serviceDefaults(String service, String field) {
        consul.put("/v1/config", """
                {"Kind": "service-defaults", "Name": "%s", %s}""".formatted(service, field));
    }

    private void proxyDefaults(String config) {
        consul.put("/v1/config", """
                {"Kind": "proxy-defaults", "Name": "global", "Config": %s}""".formatted(config));
    }
}
