package io.hamesh.e2e;

import java.util.List;
import java.util.Map;

/** A pod that serves TLS with certificates of the test's making ({@code apps/rogue.mjs}) and counts what reaches it. */
record Rogue(RunningPod pod) {
    /** What it answers once it has received anything at all. */
    static final String ANSWER = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nrogue\n";

    /** What arrived: {@code bytes} counts application bytes, those after the handshake. */
    record Seen(int connections, int handshakes, long bytes, List<String> refusals) {}

    void serve(int port, PemPair certificate) {
        ask(
                Map.class,
                Map.of(
                        "command",
                        "serve",
                        "port",
                        port,
                        "certificate",
                        certificate.certificates(),
                        "key",
                        certificate.privateKey(),
                        "answer",
                        ANSWER));
    }

    Seen seen(int port) {
        return ask(Seen.class, Map.of("command", "seen", "port", port));
    }

    private <T> T ask(Class<T> answer, Map<String, Object> message) {
        return Json.read(Http.ok("POST", pod.url(AppPod.COMMANDS), Json.write(message)), answer);
    }
}
