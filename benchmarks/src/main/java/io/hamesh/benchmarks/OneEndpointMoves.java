package io.hamesh.benchmarks;

import io.hamesh.agent.haproxy.RuntimePlan;
import io.hamesh.agent.haproxy.config.HaproxyConfig;
import io.hamesh.agent.haproxy.config.RenderedFiles;
import io.hamesh.agent.haproxy.config.Salt;
import io.hamesh.agent.snapshot.Endpoint;
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
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One of an upstream's endpoints is replaced by another: what planning the change and writing the files down costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OneEndpointMoves {
    private static final Salt SALT = new Salt("0123456789abcdef".repeat(4));
    private static final String TRUST_DOMAIN = "11111111-2222-3333-4444-555555555555.consul";

    @Param({"10", "100", "1000"})
    int endpoints;

    private MeshSnapshot applied = snapshot(Stream.empty());
    private MeshSnapshot wanted = applied;

    @Setup
    public void prepare() {
        applied = snapshot(IntStream.range(0, endpoints).mapToObj(OneEndpointMoves::endpoint));
        wanted = snapshot(IntStream.rangeClosed(1, endpoints).mapToObj(OneEndpointMoves::endpoint));
    }

    @Benchmark
    public RuntimePlan plan() {
        return RuntimePlan.between(applied, wanted);
    }

    @Benchmark
    public RenderedFiles render() {
        return HaproxyConfig.render(wanted, SALT);
    }

    private static Endpoint endpoint(int i) {
        return new Endpoint("10.42." + i / 250 + "." + i % 250, 20000);
    }

    private static MeshSnapshot snapshot(Stream<Endpoint> endpoints) {
        UpstreamState upstream = new UpstreamState(
                new Upstream("api", 9000), Protocol.HTTP, SpiffeId.of(TRUST_DOMAIN, "dc1", "api"), endpoints.toList());
        ServiceSettings service = ServiceSettings.named("www")
                .port(OptionalInt.of(8080))
                .protocol(Protocol.HTTP)
                .upstreams(List.of(upstream.upstream()))
                .build();
        Leaf leaf = new Leaf(SpiffeId.of(TRUST_DOMAIN, "dc1", "www"), "certificate\n", "key\n", Instant.MAX);
        return new MeshSnapshot(
                service,
                new PodAddresses(List.of("10.42.9.9"), false),
                leaf,
                List.of("root\n"),
                Policy.denyAll(),
                List.of(upstream));
    }
}
