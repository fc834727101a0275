package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Envoy by hand, with nothing but what a mesh cannot do without: mutual TLS, the upstream's identity, and who may call. What
 * the other Envoy costs beyond that is Consul's configuration.
 */
final class LeanEnvoy {
    static final String NAME = "Envoy, lean";
    private static final Slot SLOT = new Slot("-lean", 8401, 23000);
    private static final int ADMIN = 23100;

    private LeanEnvoy() {}

    static Mesh start(Pods pods, ConsulApi authority, Programs programs, StartedProcesses processes, Path memory) {
        LeanConfiguration lean = new LeanConfiguration(authority.roots(), SLOT.inbound());
        Leaf own = authority.leaf(SLOT.caller());
        Map<Protocol, Leaf> leaves = Protocol.forEach(protocol -> authority.leaf(SLOT.service(protocol)));
        StringBuilder listeners = new StringBuilder();
        StringBuilder clusters = new StringBuilder();
        leaves.forEach((protocol, leaf) -> {
            listeners.append(LeanConfiguration.outbound(protocol, protocol.id(), SLOT.upstream(protocol)));
            clusters.append(lean.upstream(
                    protocol, protocol.id(), pods.of(protocol).ip() + ":" + SLOT.inbound(), own, leaf.uri()));
        });
        listeners.append(LeanConfiguration.outbound(Protocol.HTTP, Lab.IMPERSONATED, SLOT.impersonatedUpstream()));
        clusters.append(lean.upstream(
                Protocol.HTTP,
                Lab.IMPERSONATED,
                pods.of(Protocol.HTTP).ip() + ":" + Impostor.PORT,
                own,
                authority.leaf(SLOT.impersonated()).uri()));
        Envoy envoy = Envoy.of(programs, "envoy-lean", processes, memory);
        return new StartedMesh(
                NAME,
                "Envoy by hand: mutual TLS, the upstream's identity, who may call, and nothing else",
                SLOT,
                pods,
                authority,
                envoy.startRestartable(
                        pods.caller(),
                        "envoy-lean-caller",
                        () -> LeanConfiguration.admin(pods.caller().ip(), ADMIN)
                                + LeanConfiguration.whole(listeners, clusters)),
                Protocol.forEach(protocol -> envoy.start(
                        pods.of(protocol),
                        "envoy-lean-" + protocol.id(),
                        lean.called(protocol, Objects.requireNonNull(leaves.get(protocol)), own))),
                List.of(),
                Optional.of(new EnvoyAdmin(pods.caller().ip() + ":" + ADMIN)));
    }
}
