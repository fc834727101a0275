package io.hamesh.agent.snapshot;

import io.hamesh.model.AppProbe;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbeSecret;
import io.hamesh.model.ProbeTarget;
import io.hamesh.model.Protocol;
import io.hamesh.model.ProxySettings;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** A pod's snapshot, built from what a test cares about. */
public final class Snapshots {
    public static final String TRUST_DOMAIN = "11111111-2222-3333-4444-555555555555.consul";
    public static final ProbeSecret SECRET = new ProbeSecret("0123456789abcdef".repeat(2));

    private Protocol protocol = Protocol.TCP;
    private OptionalInt port = OptionalInt.of(6379);
    private OptionalInt unsecured = OptionalInt.empty();
    private PodAddresses pod = new PodAddresses(List.of("10.244.0.7"), false);
    private String certificate = "leaf certificate\n";
    private String key = "leaf key\n";
    private List<String> roots = List.of("root one\n");
    private final SortedMap<String, SourceVerdict> sources = new TreeMap<>();
    private final List<UpstreamState> upstreams = new ArrayList<>();
    private final List<AppProbe> probes = new ArrayList<>();
    private List<String> upgrades = List.of();
    private ProxySettings proxy = ProxySettings.DEFAULT.withProbeSecret(Optional.of(SECRET));
    private final String name;

    private Snapshots(String name) {
        this.name = name;
    }

    public static Snapshots of(String name) {
        return new Snapshots(name);
    }

    public Snapshots speaking(Protocol of) {
        protocol = of;
        return this;
    }

    public Snapshots onPort(int number) {
        port = OptionalInt.of(number);
        return this;
    }

    public Snapshots probed(String container, Kind kind, ProbeTarget target) {
        probes.add(new AppProbe(container, kind, target));
        return this;
    }

    public Snapshots upgrades(List<String> tokens) {
        upgrades = tokens;
        return this;
    }

    public Snapshots proxy(ProxySettings settings) {
        proxy = settings;
        return this;
    }

    public Snapshots clientOnly() {
        port = OptionalInt.empty();
        return this;
    }

    public Snapshots unsecured(int number) {
        unsecured = OptionalInt.of(number);
        return this;
    }

    public Snapshots at(boolean ipv6Loopback, String... ips) {
        pod = new PodAddresses(List.of(ips), ipv6Loopback);
        return this;
    }

    public Snapshots leaf(String certificatePem, String keyPem) {
        certificate = certificatePem;
        key = keyPem;
        return this;
    }

    public Snapshots roots(String... pems) {
        roots = List.of(pems);
        return this;
    }

    public Snapshots allow(String... names) {
        return verdict(SourceVerdict.ALLOW, names);
    }

    public Snapshots deny(String... names) {
        return verdict(SourceVerdict.DENY, names);
    }

    public Snapshots nobody() {
        sources.clear();
        return this;
    }

    private Snapshots verdict(SourceVerdict verdict, String... names) {
        for (String source : names) {
            sources.put(source, verdict);
        }
        return this;
    }

    public Snapshots calling(String service, int localPort, Protocol spoken, Endpoint... endpoints) {
        upstreams.add(new UpstreamState(new Upstream(service, localPort), spoken, id(service), List.of(endpoints)));
        return this;
    }

    /** The upstream that was named last, by a service-resolver in Consul. */
    public Snapshots redirectedTo(String service) {
        UpstreamState last = upstreams.removeLast();
        upstreams.add(new UpstreamState(
                last.upstream(), last.protocol(), last.identity(), last.endpoints(), Optional.of(service)));
        return this;
    }

    public MeshSnapshot build() {
        ServiceSettings service = ServiceSettings.named(name)
                .port(port)
                .protocol(protocol)
                .unsecuredPort(unsecured)
                .upstreams(upstreams.stream().map(UpstreamState::upstream).toList())
                .build()
                .withProbes(probes)
                .withUpgrades(upgrades)
                .withProxy(proxy);
        Leaf leaf = new Leaf(id(name), certificate, key, Instant.parse("2026-11-27T00:00:00Z"));
        return new MeshSnapshot(service, pod, leaf, roots, new Policy(sources), upstreams);
    }

    public static SpiffeId id(String service) {
        return SpiffeId.of(TRUST_DOMAIN, "dc1", service);
    }
}
