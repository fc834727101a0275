package io.hamesh.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.UpstreamState;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UpstreamWarningsTest {
    private static final String TRUST_DOMAIN = "11111111-2222-3333-4444-555555555555.consul";

    @Test
    void redirectIsToldOnceForEachUpstream() {
        assertThat(UpstreamWarnings.of(snapshot(
                        state("api", 9000, Optional.of("api-v2")),
                        state("api", 9001, Optional.of("api-v2")),
                        state("redis", 6379, Optional.empty()))))
                .containsExactly(
                        "UpstreamRedirected upstream \"api\": a service-resolver in Consul redirects it to"
                                + " \"api-v2\", which HAmesh does not follow yet; without endpoints of its own it is answered 503");
    }

    @Test
    void nothingToTellIsAnAnswer() {
        assertThat(UpstreamWarnings.of(snapshot(state("api", 9000, Optional.empty()))))
                .isEmpty();
    }

    private static UpstreamState state(String name, int port, Optional<String> redirect) {
        return new UpstreamState(new Upstream(name, port), Protocol.HTTP, id(name), List.of(), redirect);
    }

    private static MeshSnapshot snapshot(UpstreamState... upstreams) {
        ServiceSettings service = new ServiceSettings(
                "www", OptionalInt.empty(), Protocol.TCP, OptionalInt.empty(), List.of(), false, List.of(), Map.of());
        return new MeshSnapshot(
                service,
                new PodAddresses(List.of("10.0.0.9"), false),
                new Leaf(id("www"), "certificate", "key", Instant.EPOCH),
                List.of("root"),
                new Policy(new TreeMap<>()),
                List.of(upstreams));
    }

    private static SpiffeId id(String service) {
        return SpiffeId.of(TRUST_DOMAIN, "dc1", service);
    }
}
