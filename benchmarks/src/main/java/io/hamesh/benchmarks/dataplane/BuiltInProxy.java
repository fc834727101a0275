package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.testbed.host.Command;
import java.util.List;
import java.util.Optional;

/** Consul's built-in proxy, which knows TCP only: HTTP passes it unseen. */
final class BuiltInProxy {
    static final String NAME = "built-in";
    private static final Slot SLOT = new Slot("-builtin", 8201, 21000);

    private BuiltInProxy() {}

    static Mesh start(Pods pods, OtherConsul consul, StartedProcesses processes) {
        consul.register(SLOT, pods);
        return new StartedMesh(
                NAME,
                "Consul's built-in proxy, GOMAXPROCS=1; TCP only. It asks Consul about each new connection, whose CPU is not counted",
                SLOT,
                pods,
                consul.api(),
                ProxyProcess.start(processes, SLOT.caller(), () -> command(consul, pods.caller(), SLOT.caller())),
                Protocol.forEach(protocol -> processes.start(
                        SLOT.service(protocol), command(consul, pods.of(protocol), SLOT.service(protocol)))),
                List.of(),
                Optional.empty());
    }

    private static Command command(OtherConsul consul, Pod pod, String service) {
        return pod.enter(List.of(
                        consul.program(),
                        "connect",
                        "proxy",
                        "-sidecar-for=" + service,
                        "-log-level=warn",
                        "-http-addr=" + consul.address(OtherConsul.HTTP)))
                .with("GOMAXPROCS", "1");
    }
}
