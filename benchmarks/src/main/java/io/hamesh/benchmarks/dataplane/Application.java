package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.util.List;

/** What is called: the load program, in the pod of its protocol. It counts what reaches it. */
record Application(Pod pod, Protocol protocol, long process) {
    private static final int COUNTS = 9009;

    static Application start(Pods pods, Protocol protocol, Programs programs, Background background) {
        Pod pod = pods.of(protocol);
        long process = background.start(
                "app-" + protocol.id(),
                pod.enter(List.of(
                        programs.load().toString(),
                        "serve",
                        "-" + protocol.id() + "=0.0.0.0:" + protocol.appPort(),
                        "-counts=0.0.0.0:" + COUNTS)));
        return new Application(pod, protocol, process);
    }

    /** The URL that tells how many connections came so far. */
    String counts() {
        return "http://" + pod.ip() + ":" + COUNTS;
    }
}
