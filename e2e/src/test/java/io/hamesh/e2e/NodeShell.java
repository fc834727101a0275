package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.stream.Stream;

/** A pod that sees the processes of its node, for what no API does: killing one without a word. */
record NodeShell(RunningPod pod) {
    /**
     * Looks twice: at the first look an answer from before may be on its way still. HAProxy itself asks again what has
     * waited for 5 s, so by then it has to be done.
     */
    private static final String STOP_AND_KILL = """
            import fs from 'node:fs';
            const [id, page, metric, atLeast] = process.argv.slice(1);
            const ofContainer = (pid) => {
              try { return fs.readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id); } catch { return false; }
            };
            const pids = fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).filter(ofContainer);
            if (pids.length === 0) throw new Error(`no process of ${id}`);
            const signal = (name) => pids.forEach((pid) => process.kill(Number(pid), name));
            const waiting = async () => {
              const text = await (await fetch(page)).text();
              const line = text.split('\\n').find((each) => each.startsWith(`${metric} `)) ?? `${metric} 0`;
              return Number(line.slice(metric.length + 1));
            };
            const start = performance.now();
            let many = 0, now = 0;
            signal('SIGSTOP');
            try {
              while (many < 2) {
                now = await waiting();
                many = now >= Number(atLeast) ? many + 1 : 0;
                if (performance.now() - start > 4000) throw new Error(`${now} wait, not ${atLeast}`);
              }
            } catch (e) {
              signal('SIGCONT');
              throw e;
            }
            signal('SIGKILL');
            console.log(`${pids} stopped for ${Math.round(performance.now() - start)} ms, killed while ${now} waited`);
            """;

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
        String kill = "for p in /proc/[0-9]*; do case $(cat $p/cgroup 2>&1) in *" + id(victim, container)
                + "*) kill -9 ${p#/proc/} && echo ${p#/proc/};; esac; done";
        return run("sh", "-c", kill);
    }

    /**
     * Stops every process of that container, so that whoever asks it waits, and sends SIGKILL as soon as so many do: they
     * are under way at the kill for certain. Prints their ids, and for how long they were stopped.
     *
     * @param page where the metrics are by which HAProxy counts those that wait
     */
    void killWhenWaitedFor(Pod victim, String container, String page, String metric, int atLeast) {
        String said = run(
                "node",
                "--input-type=module",
                "-e",
                STOP_AND_KILL,
                id(victim, container),
                page,
                metric,
                Integer.toString(atLeast));
        System.out.println("[kill] " + victim.getMetadata().getName() + ": " + said);
    }

    private static String id(Pod victim, String container) {
        return Stream.concat(
                        victim.getStatus().getInitContainerStatuses().stream(),
                        victim.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getName().equals(container))
                .map(status -> status.getContainerID().replaceFirst("^.*//", ""))
                .findFirst()
                .orElseThrow();
    }

    private String run(String... command) {
        String[] exec = {"exec", pod.name(), "--"};
        return pod.scene()
                .kubectl()
                .run(Stream.of(exec, command).flatMap(Stream::of).toArray(String[]::new))
                .expectSuccess()
                .strip();
    }
}
