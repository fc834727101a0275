package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.ContainerNames;
import java.net.InetSocketAddress;
import java.util.stream.Stream;

/** A pod that is ready, and the ways to it: by address from the test, by {@code kubectl} into a container. */
record RunningPod(Scene scene, String name, String ip) {

    InetSocketAddress address(int port) {
        return new InetSocketAddress(ip, port);
    }

    String url(int port) {
        return "http://" + (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port;
    }

    /** What the pod is now. */
    Pod now() {
        return scene.pod(name);
    }

    /** Restarts of all containers, sidecars included. */
    int restarts() {
        var status = now().getStatus();
        return Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    String agentLog() {
        return scene.kubectl().run("logs", name, "-c", ContainerNames.AGENT).expectSuccess();
    }

    /** The pod's HAProxy, looked at from inside. */
    Proxy proxy() {
        return new Proxy(this);
    }

    Caller caller() {
        return new Caller(this);
    }

    Rogue rogue() {
        return new Rogue(this);
    }
}
