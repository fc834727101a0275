package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import java.util.ArrayList;
import java.util.List;

/** What is called: the load program, in the pod of its protocol. It counts what reaches it. */
record Application(Pod pod, Protocol protocol, long process) {
    private static final int COUNTS = 9009;

    static Application start(Pods pods, Protocol protocol, Programs programs, StartedProcesses processes) {
        return start(pods.of(protocol), protocol, programs, processes, List.of());
    }

    /** One whose answers name its pod. */
    static Application startNamed(Pod pod, Programs programs, StartedProcesses processes) {
        return start(pod, Protocol.HTTP, programs, processes, List.of("-name=" + pod.name()));
    }

    private static Application start(
            Pod pod, Protocol protocol, Programs programs, StartedProcesses processes, List<String> more) {
        List<String> words = new ArrayList<>(List.of(
                programs.load().toString(),
                "serve",
                "-" + protocol.id() + "=0.0.0.0:" + protocol.appPort(),
                "-counts=0.0.0.0:" + COUNTS));
        words.addAll(more);
        return new Application(pod, protocol, processes.start("app-" + pod.name(), pod.enter(words)));
    }

    /** The URL that tells how many connections came so far. */
    String counts() {
        return "http://" + pod.ip() + ":" + COUNTS;
    }
}
