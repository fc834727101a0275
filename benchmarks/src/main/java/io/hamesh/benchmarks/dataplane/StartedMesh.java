package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A mesh whose proxies the benchmark itself has started.
 *
 * @param proxy the process beside the caller
 * @param called those beside the applications
 * @param admin what the one beside the caller tells of itself
 */
record StartedMesh(
        String name,
        String described,
        Slot slot,
        Pods pods,
        ConsulApi authority,
        ProxyProcess proxy,
        Map<Protocol, Long> called,
        List<Subject> subjects,
        Optional<EnvoyAdmin> admin)
        implements Mesh {
    @Override
    public String address(Protocol protocol) {
        return "127.0.0.1:" + slot.upstream(protocol);
    }

    @Override
    public String impostor() {
        return "127.0.0.1:" + slot.impersonatedUpstream();
    }

    @Override
    public String impersonated() {
        return slot.impersonated();
    }

    @Override
    public String inbound(Protocol protocol) {
        return pods.of(protocol).ip() + ":" + slot.inbound();
    }

    @Override
    public String caller() {
        return slot.caller();
    }

    @Override
    public List<Long> proxies(Protocol protocol) {
        return List.of(proxy.id(), Objects.requireNonNull(called.get(protocol)));
    }

    @Override
    public Map<String, String> configuration() {
        return admin.map(envoy -> Map.of("config_dump.json", envoy.configuration()))
                .orElseGet(Map::of);
    }

    @Override
    public Optional<String> countedHandshakes() {
        return admin.map(EnvoyAdmin::handshakes);
    }

    @Override
    public Sidecar sidecar() {
        return new Sidecar(List.of(proxy.id()), List.of(proxy.id()));
    }

    @Override
    public double secondsToFirstAnswer(Programs programs) {
        double began = proxy.restart();
        List<String> caller = FirstAnswer.command(programs, address(Protocol.HTTP));
        return FirstAnswer.await(pods.caller().enter(caller)) - began;
    }
}
