package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Envoy as Consul's xDS configures it, without anything of ours added. */
final class ConsulEnvoy {
    static final String NAME = "Envoy, xDS";
    private static final Slot SLOT = new Slot("-xds", 8301, 22000);
    private static final int ADMIN = 22100;

    private ConsulEnvoy() {}

    static Mesh start(Pods pods, OtherConsul consul, Programs programs, StartedProcesses processes, Path memory) {
        for (Protocol protocol : Protocol.values()) {
            consul.setProtocol(SLOT.service(protocol), protocol);
        }
        consul.setProtocol(SLOT.impersonated(), Protocol.HTTP);
        consul.setProtocol(SLOT.changing(), Protocol.HTTP);
        consul.register(SLOT, pods);
        consul.registerChanging(SLOT, pods);
        Envoy envoy = Envoy.of(programs, "envoy-xds", processes, memory);
        for (Pod pod : List.of(pods.staying(), pods.passing())) {
            envoy.start(pod, "envoy-xds-" + pod.name(), bootstrap(consul, pod, pod.name() + SLOT.suffix()));
        }
        return new StartedMesh(
                NAME,
                "Envoy as Consul's own xDS configures it",
                SLOT,
                pods,
                consul.api(),
                envoy.startRestartable(
                        pods.caller(), "envoy-xds-caller", () -> bootstrap(consul, pods.caller(), SLOT.caller())),
                Protocol.forEach(protocol -> envoy.start(
                        pods.of(protocol),
                        "envoy-xds-" + protocol.id(),
                        bootstrap(consul, pods.of(protocol), SLOT.service(protocol)))),
                List.of(Subject.endpoint(
                        consul.api(),
                        "127.0.0.1:" + SLOT.changingUpstream(),
                        OtherConsul.changing(SLOT, pods),
                        pods.passing().name())),
                Optional.of(new EnvoyAdmin(admin(pods.caller()))));
    }

    private static String admin(Pod pod) {
        return pod.ip() + ":" + ADMIN;
    }

    private static String bootstrap(OtherConsul consul, Pod pod, String service) {
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
                        "-admin-bind=" + admin(pod)))
                .output();
    }
}
