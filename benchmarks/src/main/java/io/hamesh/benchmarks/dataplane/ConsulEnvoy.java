package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Envoy as Consul's xDS configures it, without anything of ours added. */
final class ConsulEnvoy implements Mesh {
    static final String NAME = "Envoy, xDS";
    private static final String SUFFIX = "-xds";
    private static final int FIRST_UPSTREAM = 8301;
    private static final int BETRAYED_UPSTREAM = 8309;
    private static final int INBOUND = 22000;
    private static final int ADMIN = 19300;

    private final Pods pods;
    private final ConsulApi authority;
    private final long proxy;
    private final Map<Protocol, Long> called = new EnumMap<>(Protocol.class);

    ConsulEnvoy(Pods pods, OtherConsul consul, Programs programs, Background background, Path memory) {
        this.pods = pods;
        this.authority = consul.api();
        Map<String, Integer> upstreams = new LinkedHashMap<>();
        for (Protocol protocol : Protocol.values()) {
            String service = protocol.id() + SUFFIX;
            consul.setProtocol(service, protocol);
            consul.register(service, pods.of(protocol), protocol.appPort(), INBOUND, Map.of());
            Intentions.allow(consul.api(), Lab.CALLER + SUFFIX, service);
            upstreams.put(service, FIRST_UPSTREAM + protocol.number());
        }
        String betrayed = Lab.BETRAYED + SUFFIX;
        consul.setProtocol(betrayed, Protocol.HTTP);
        consul.register(betrayed, pods.of(Protocol.HTTP), Protocol.HTTP.appPort(), INBOUND, Map.of());
        upstreams.put(betrayed, BETRAYED_UPSTREAM);
        consul.register(Lab.CALLER + SUFFIX, pods.caller(), 9000, INBOUND, upstreams);
        Envoy envoy = Envoy.of(programs, "envoy-xds", background, memory);
        this.proxy = envoy.start(pods.caller(), "envoy-xds-caller", bootstrap(consul, Lab.CALLER + SUFFIX));
        for (Protocol protocol : Protocol.values()) {
            called.put(
                    protocol,
                    envoy.start(
                            pods.of(protocol),
                            "envoy-xds-" + protocol.id(),
                            bootstrap(consul, protocol.id() + SUFFIX)));
        }
    }

    private static String bootstrap(OtherConsul consul, String service) {
        return consul.pod()
                .enter(List.of(
                        consul.program(),
                        "connect",
                        "envoy",
                        "-sidecar-for=" + service,
                        "-bootstrap",
                        "-ignore-envoy-compatibility",
                        "-http-addr=" + consul.address(OtherConsul.HTTP),
                        "-grpc-addr=" + consul.address(OtherConsul.XDS),
                        "-admin-bind=127.0.0.1:" + ADMIN))
                .output();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String described() {
        return "Envoy as Consul's own xDS configures it";
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
