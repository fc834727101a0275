package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.stream.Stream;

/** A pod that sees the processes of its node, for what no API does: killing one without a word. */
record NodeShell(RunningPod pod) {
    static NodeShell on(Scene scene) {
        Pod shell = new PodBuilder(AppPod.caller("node-shell").build())
                .editSpec()
                .withHostPID(true)
                .editFirstContainer()
                .withNewSecurityContext()
                .withRunAsUser(0L)
                .withRunAsNonRoot(false)
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
        scene.client().pods().inNamespace(scene.namespace()).resource(shell).create();
        return new NodeShell(scene.awaitReady("node-shell"));
    }

    /** Sends SIGKILL to every process of that container; returns their ids. */
    String kill(Pod victim, String container) {
        String id = Stream.concat(
                        victim.getStatus().getInitContainerStatuses().stream(),
                        victim.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getName().equals(container))
                .map(status -> status.getContainerID().replaceFirst("^.*//", ""))
                .findFirst()
                .orElseThrow();
        String kill = "for p in /proc/[0-9]*; do case $(cat $p/cgroup 2>&1) in *" + id
                + "*) kill -9 ${p#/proc/} && echo ${p#/proc/};; esac; done";
        return pod.scene()
                .kubectl()
                .run("exec", pod.name(), "--", "sh", "-c", kill)
                .expectSuccess()
                .strip();
    }
}
