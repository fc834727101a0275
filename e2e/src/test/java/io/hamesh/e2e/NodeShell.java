package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.stream.Stream;

/** A pod that sees the processes of its node, for what no API does: killing one without a word. */
record NodeShell(RunningPod pod) {
    /**
     * Two looks: at the first one an answer from before may be on its way still. HAProxy itself asks again what has waited
     * for 5 s, so after three seconds they go on; on a machine that is very busy HAProxy has them for dead now and then, and
     * then nobody waits for them.
     */
    private static final String STOP_AND_KILL = """
            import fs from 'node:fs';
            const [id, page, up, waiting, atLeast] = process.argv.slice(1);
            const ofContainer = (pid) => {
              try { return fs.readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id); } catch { return false; }
            };
            const pids = fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).filter(ofContainer);
            if (pids.length === 0) throw new Error(`no process of ${id}`);
            const signal = (name) => pids.forEach((pid) => process.kill(Number(pid), name));
            const metric = async (name) => {
              const lines = (await (await fetch(page)).text()).split('\\n');
              return Number((lines.find((line) => line.startsWith(`${name} `)) ?? '0').split(' ').pop());
            };
            const end = performance.now() + 60_000;
            for (; performance.now() < end; await new Promise((next) => setTimeout(next, 500))) {
              if (await metric(up) !== 1) continue;
              const start = performance.now();
              const passed = () => Math.round(performance.now() - start);
              let looks = 0, now = 0;
              signal('SIGSTOP');
              try {
                while (looks < 2 && passed() < 3000) {
                  now = await metric(waiting);
                  looks = now >= Number(atLeast) ? looks + 1 : 0;
                }
              } finally {
                signal(looks === 2 ? 'SIGKILL' : 'SIGCONT');
              }
              console.log(`${pids} stopped for ${passed()} ms, ${looks === 2 ? 'killed' : 'gone on'} while ${now} waited`);
              if (looks === 2) process.exit(0);
            }
            throw new Error(`never ${atLeast} waited for ${pids}`);
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
     * @param page the metrics of the HAProxy that asks it
     * @param up the one that is 1 as long as HAProxy does
     * @param waiting the one that counts those that wait
     */
    void killWhenWaitedFor(Pod victim, String container, String page, String up, String waiting, int atLeast) {
        String said = run(
                "node",
                "--input-type=module",
                "-e",
                STOP_AND_KILL,
                id(victim, container),
                page,
                up,
                waiting,
                Integer.toString(atLeast));
        said.lines()
                .forEach(line ->
                        System.out.println("[kill] " + victim.getMetadata().getName() + ": " + line));
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
