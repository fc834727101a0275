package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ServiceSettingsTest {
    private static final ServiceSettings FULL = ServiceSettings.named("www")
            .port(OptionalInt.of(8080))
            .protocol(Protocol.HTTP)
            .unsecuredPort(OptionalInt.of(8088))
            .upstreams(List.of(new Upstream("redis", 6379)))
            .requireLoopback(true)
            .tags(List.of("v1"))
            .meta(Map.of("team", "shop"))
            .openPorts(new TreeSet<>(List.of(9090)))
            .probes(List.of(new AppProbe("app", AppProbe.Kind.READINESS, ProbeTarget.parse("tcp 8080"))))
            .upgrades(List.of("SPDY/3.1"))
            .proxy(new ProxySettings(2000, OptionalInt.of(9), Optional.empty(), true))
            .build();

    @Test
    void oneChangeLeavesTheRest() {
        assertThat(FULL.toBuilder().build()).isEqualTo(FULL);
        assertThat(FULL.withUpgrades(List.of()).withUpgrades(FULL.upgrades())).isEqualTo(FULL);
    }

    @Test
    void whatIsNotSetIsAsForAPodThatSaysNothing() {
        Map<String, String> said = new BootstrapSettings(
                        "blue",
                        "http://consul:8500",
                        ServiceSettings.named("www").build())
                .toEnvironment();

        assertThat(said)
                .containsOnlyKeys(
                        BootstrapSettings.CLUSTER,
                        BootstrapSettings.CONSUL_ADDRESS,
                        BootstrapSettings.SERVICE,
                        BootstrapSettings.PROTOCOL);
    }
}
