package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A mesh whose proxies the benchmark itself has started.
 *
 * @param proxy the process beside the caller
 * @param called those beside the applications
 */
record StartedMesh(
        String name,
        String described,
        Slot slot,
        Pods pods,
        ConsulApi authority,
        ProxyProcess proxy,
        Map<Protocol, Long> called,
        List<Subject> subjects)
        implements Mesh {
    @Override
    public String address(Protocol protocol) {
        return "127.0.0.1:" + slot.upstream(protocol);
    }

    @Override
    public String impostor() {
        return "127.0.0.1:" + slot.betrayedUpstream();
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
