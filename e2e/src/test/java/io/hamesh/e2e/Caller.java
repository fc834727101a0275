package io.hamesh.e2e;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A pod that calls what the test asks for ({@code apps/caller.mjs}) and tells what came of it. */
record Caller(RunningPod pod) {

    /** What a TCP exchange came to; {@code ended} is {@code answered}, {@code closed}, {@code timeout} or an errno. */
    record TcpAnswer(boolean connected, String received, String ended, long ms) {
        boolean refused() {
            return received.isEmpty() && !ended.equals("timeout");
        }
    }

    /** An HTTP answer; {@code status} is 0 and {@code error} says why where there was none. Header names in lower case. */
    record HttpAnswer(int status, Map<String, String> headers, String body, String error, long ms) {}

    /** A stream that the caller holds open; {@code bytes} is what it received so far. */
    record Stream(boolean open, long bytes, String ended) {}

    /**
     * A load so far.
     *
     * @param pods answers by the pod that gave them
     * @param p99Ms how long all but one in a hundred good answers took at most
     */
    record Counts(long sent, long ok, long failed, Map<String, Long> failures, Map<String, Long> pods, long p99Ms) {}

    enum StreamKind {
        TCP,
        SSE,
        WEBSOCKET
    }

    /** Sends a line to that loopback port and waits for a line. */
    TcpAnswer line(int port, String line) {
        return ask(TcpAnswer.class, "tcp", Map.of("port", port, "send", line + "\n"));
    }

    /** The same to another host, for example past the mesh. */
    TcpAnswer lineTo(String host, int port, String line) {
        return ask(TcpAnswer.class, "tcp", Map.of("host", host, "port", port, "send", line + "\n"));
    }

    HttpAnswer get(int port, String path) {
        return get(port, path, Map.of());
    }

    HttpAnswer get(int port, String path, Map<String, String> headers) {
        return ask(HttpAnswer.class, "http", Map.of("port", port, "path", path, "headers", headers));
    }

    /** For an answer that takes up to 15 s. */
    HttpAnswer getPatiently(int port, String path) {
        return ask(HttpAnswer.class, "http", Map.of("port", port, "path", path, "timeoutMs", 15_000));
    }

    HttpAnswer getFrom(String host, int port, String path) {
        return ask(HttpAnswer.class, "http", Map.of("host", host, "port", port, "path", path));
    }

    /** Opens a stream on which the server speaks ten times a second. */
    void open(String id, StreamKind kind, int port) {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        ask(Map.class, "open", Map.of("id", id, "kind", name, "port", port));
    }

    Stream stream(String id) {
        return ask(Stream.class, "stream", Map.of("id", id));
    }

    /** Starts one exchange each {@code every}: {@code PING} lines for TCP, {@code GET /} with kept connections for HTTP. */
    void load(String id, StreamKind kind, int port, Duration every) {
        String name = kind == StreamKind.TCP ? "tcp" : "http";
        ask(Map.class, "load", Map.of("id", id, "kind", name, "port", port, "everyMs", every.toMillis()));
    }

    Counts counts(String id) {
        return ask(Counts.class, "counts", Map.of("id", id));
    }

    /** Stops a load and waits for what is under way. */
    Counts stopLoad(String id) {
        ask(Map.class, "stopLoad", Map.of("id", id));
        return Eventually.get(
                "every exchange of load " + id + " to end",
                () -> counts(id),
                counts -> counts.sent() == counts.ok() + counts.failed());
    }

    private <T> T ask(Class<T> answer, String command, Map<String, Object> options) {
        Map<String, Object> message = new HashMap<>(options);
        message.put("command", command);
        return Json.read(Http.ok("POST", pod.url(AppPod.COMMANDS), Json.write(message)), answer);
    }
}
