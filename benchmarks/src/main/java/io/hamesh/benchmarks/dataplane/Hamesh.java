package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.model.ContainerNames;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sidecars as they were injected, untouched. */
record Hamesh(Lab lab, Pods pods, ConsulApi authority, String version) implements Mesh {
    static final String NAME = "HAmesh";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String described() {
        return "HAProxy " + version + " as injected, and as the agent configures it";
    }

    @Override
    public String address(Protocol protocol) {
        return "127.0.0.1:" + Lab.upstream(protocol);
    }

    @Override
    public String impostor() {
        return "127.0.0.1:" + Lab.impersonatedUpstream();
    }

    /** Where the caller reaches the service whose endpoints change. */
    String changing() {
        return "127.0.0.1:" + Lab.changingUpstream();
    }

    @Override
    public String impersonated() {
        return Lab.IMPERSONATED;
    }

    @Override
    public String inbound(Protocol protocol) {
        return pods.of(protocol).ip() + ":20000";
    }

    @Override
    public ConsulApi authority() {
        return authority;
    }

    @Override
    public String caller() {
        return Lab.CALLER;
    }

    @Override
    public List<Subject> subjects() {
        return List.of(
                Subject.intention(authority, address(Protocol.HTTP), caller(), Protocol.HTTP.id()),
                Subject.endpoint(
                        authority,
                        changing(),
                        EmbeddedConsul.changing(pods),
                        pods.passing().name()));
    }

    @Override
    public List<Long> proxies(Protocol protocol) {
        return Stream.of(pods.caller(), pods.of(protocol))
                .flatMap(pod -> pod.processes(ContainerNames.HAPROXY).stream())
                .toList();
    }

    @Override
    public Map<String, String> configuration() {
        long haproxy = pods.caller().processes(ContainerNames.HAPROXY).getFirst();
        Path folder = Path.of("/proc/" + haproxy + "/root" + ContainerNames.VOLUME_PATH);
        return Trees.list(folder).stream()
                .filter(file -> file.toString().matches(".*\\.(cfg|map)"))
                .collect(Collectors.toMap(file -> file.getFileName().toString(), Trees::read));
    }

    @Override
    public Sidecar sidecar() {
        List<Long> haproxy = pods.caller().processes(ContainerNames.HAPROXY);
        List<Long> agent = pods.caller().processes(ContainerNames.AGENT);
        return new Sidecar(
                haproxy, Stream.concat(haproxy.stream(), agent.stream()).toList());
    }

    @Override
    public double secondsToFirstAnswer(Programs programs) {
        return new FreshPod(lab, programs).secondsToFirstAnswer();
    }
}
