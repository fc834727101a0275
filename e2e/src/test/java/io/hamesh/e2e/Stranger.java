package io.hamesh.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A pod that is nobody's in particular, outside the mesh, and does what it can to ports of others. */
record Stranger(RunningPod pod) {
    /**
     * Opens connections to all of {@code HOST:PORT} in turn, 500 a second, and keeps them: silent ones, of TLS and then
     * silent, with half an HTTP head, or each of them in turn.
     */
    private static final String CONNECTIONS = """
            import net from 'node:net'; import tls from 'node:tls';
            const [kind, count, ...targets] = process.argv.slice(1);
            const kinds = kind === 'mixed' ? ['tcp', 'tls', 'head'] : [kind];
            let done = 0, all = [];
            for (let i = 0; i < count; i++) {
              const [port, ...host] = targets[i % targets.length].split(':').reverse();
              const to = { host: host.reverse().join(':'), port, rejectUnauthorized: false };
              const now = kinds[Math.floor(i / targets.length) % kinds.length];
              const socket = now === 'tls' ? tls.connect(to, () => done++) : net.connect(to, () => {
                done++;
                if (now === 'head') socket.write('GET / HTTP/1.1\\r\\nHost: x\\r\\nX-Slow: ');
              });
              socket.on('error', () => {}); all.push(socket);
              await new Promise(next => setTimeout(next, 2));
            }
            await new Promise(next => setTimeout(next, 1000));
            console.log(done); process.exit(0);
            """;

    static Stranger start(Scene scene) {
        return new Stranger(scene.start(AppPod.caller("stranger")));
    }

    /**
     * Completes once all connections were tried, and a second later, with how many were opened, also those that were closed
     * at once. Not in the pool in which clients of Kubernetes finish their answers: it may have one thread.
     *
     * @param kind {@code tcp}, {@code tls}, {@code head} or {@code mixed}
     * @param targets {@code HOST:PORT} each
     */
    CompletableFuture<Integer> opening(String kind, int connections, List<String> targets) {
        List<String> words = new ArrayList<>(List.of(kind, Integer.toString(connections)));
        words.addAll(targets);
        return CompletableFuture.supplyAsync(
                () -> Integer.parseInt(run("", CONNECTIONS, words.toArray(String[]::new))), Thread::startVirtualThread);
    }

    /** What a script for Node.js prints there; {@code variable} is {@code NAME=VALUE} for its environment, or empty. */
    String run(String variable, String script, String... words) {
        List<String> command = new ArrayList<>(List.of("exec", pod.name(), "--", "env"));
        if (!variable.isEmpty()) {
            command.add(variable);
        }
        command.addAll(List.of("node", "--input-type=module", "-e", script));
        command.addAll(List.of(words));
        return pod.scene()
                .kubectl()
                .run(command.toArray(String[]::new))
                .expectSuccess()
                .strip();
    }
}
