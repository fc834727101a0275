package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Envoy by hand, with nothing but what a mesh cannot do without: mutual TLS, the upstream's identity, and who may call. What
 * the other Envoy costs beyond that is Consul's configuration.
 */
final class LeanEnvoy implements Mesh {
    static final String NAME = "Envoy, lean";
    private static final String SUFFIX = "-lean";
    private static final int FIRST_UPSTREAM = 8401;
    private static final int BETRAYED_UPSTREAM = 8409;
    private static final int INBOUND = 23000;

    private final Pods pods;
    private final ConsulApi authority;
    private final long proxy;
    private final Map<Protocol, Long> called = new EnumMap<>(Protocol.class);

    LeanEnvoy(Pods pods, ConsulApi certificates, Programs programs, Background background, Path memory) {
        this.pods = pods;
        this.authority = certificates;
        LeanConfiguration lean = new LeanConfiguration(certificates.roots(), INBOUND);
        Leaf own = certificates.leaf(Lab.CALLER + SUFFIX);
        Envoy envoy = Envoy.of(programs, "envoy-lean", background, memory);
        StringBuilder listeners = new StringBuilder();
        StringBuilder clusters = new StringBuilder();
        for (Protocol protocol : Protocol.values()) {
            Leaf leaf = certificates.leaf(protocol.id() + SUFFIX);
            listeners.append(LeanConfiguration.outbound(protocol, protocol.id(), FIRST_UPSTREAM + protocol.number()));
            clusters.append(
                    lean.upstream(protocol, protocol.id(), pods.of(protocol).ip(), own, leaf.uri()));
            called.put(
                    protocol,
                    envoy.start(pods.of(protocol), "envoy-lean-" + protocol.id(), lean.called(protocol, leaf, own)));
        }
        listeners.append(LeanConfiguration.outbound(Protocol.HTTP, Lab.BETRAYED, BETRAYED_UPSTREAM));
        clusters.append(lean.upstream(
                Protocol.HTTP,
                Lab.BETRAYED,
                pods.of(Protocol.HTTP).ip(),
                own,
                certificates.leaf(Lab.BETRAYED + SUFFIX).uri()));
        this.proxy = envoy.start(pods.caller(), "envoy-lean-caller", LeanConfiguration.whole(listeners, clusters));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String described() {
        return "Envoy by hand: mutual TLS, the upstream's identity, who may call, and nothing else";
    }

    @Override
    public String address(Protocol protocol) {
        return "127.0.0.1:" + (FIRST_UPSTREAM + protocol.number());
    }

    @Override
    public String impostor() {
        return "127.0.0.1:" + BETRAYED_UPSTREAM;
    }

    @Override
    public String inbound(Protocol protocol) {
        return pods.of(protocol).ip() + ":" + INBOUND;
    }

    @Override
    public ConsulApi authority() {
        return authority;
    }

    @Override
    public String caller() {
        return Lab.CALLER + SUFFIX;
    }

    @Override
    public List<Long> proxies(Protocol protocol) {
        return List.of(proxy, Objects.requireNonNull(called.get(protocol)));
    }

    @Override
    public Sidecar sidecar() {
        return new Sidecar(List.of(proxy), List.of(proxy));
    }
}
