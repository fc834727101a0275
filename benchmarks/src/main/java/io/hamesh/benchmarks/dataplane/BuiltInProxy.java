package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Consul's built-in proxy, which knows TCP only: HTTP passes it unseen. */
final class BuiltInProxy implements Mesh {
    static final String NAME = "built-in";
    private static final String SUFFIX = "-builtin";
    private static final int FIRST_UPSTREAM = 8201;
    private static final int BETRAYED_UPSTREAM = 8209;
    private static final int INBOUND = 21000;

    private final Pods pods;
    private final ConsulApi authority;
    private final long proxy;
    private final Map<Protocol, Long> called = new EnumMap<>(Protocol.class);

    BuiltInProxy(Pods pods, OtherConsul consul, Background background) {
        this.pods = pods;
        this.authority = consul.api();
        Map<String, Integer> upstreams = new LinkedHashMap<>();
        for (Protocol protocol : Protocol.values()) {
            String service = protocol.id() + SUFFIX;
            consul.register(service, pods.of(protocol), protocol.appPort(), INBOUND, Map.of());
            Intentions.allow(consul.api(), Lab.CALLER + SUFFIX, service);
            upstreams.put(service, FIRST_UPSTREAM + protocol.number());
        }
        consul.register(Lab.BETRAYED + SUFFIX, pods.of(Protocol.HTTP), Protocol.HTTP.appPort(), INBOUND, Map.of());
        upstreams.put(Lab.BETRAYED + SUFFIX, BETRAYED_UPSTREAM);
        consul.register(Lab.CALLER + SUFFIX, pods.caller(), 9000, INBOUND, upstreams);
        this.proxy = start(consul, pods.caller(), Lab.CALLER, background);
        for (Protocol protocol : Protocol.values()) {
            called.put(protocol, start(consul, pods.of(protocol), protocol.id(), background));
        }
    }

    private static long start(OtherConsul consul, Pod pod, String service, Background background) {
        return background.start(
                "builtin-" + service,
                pod.enter(List.of(
                                consul.program(),
                                "connect",
                                "proxy",
                                "-sidecar-for=" + service + SUFFIX,
                                "-log-level=warn",
                                "-http-addr=" + consul.address(OtherConsul.HTTP)))
                        .with("GOMAXPROCS", "1"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String described() {
        return "Consul's built-in proxy, GOMAXPROCS=1; TCP only";
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
