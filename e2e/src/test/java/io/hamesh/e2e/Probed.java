package io.hamesh.e2e;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pod that answers probes of each kind on loopback ({@code apps/probed.mjs}) and tells what it was asked. */
record Probed(RunningPod pod) {

    /** One request or connect; what its kind does not have is empty. */
    record Asked(String kind, String method, String url, Map<String, String> headers, String body, int bytes) {}

    private record Seen(List<Asked> seen) {}

    private record Called(String outcome) {}

    /** Everything that reached the application so far, in order. */
    List<Asked> seen() {
        return ask(Seen.class, "seen", Map.of()).seen();
    }

    void ready(boolean be) {
        ask(Map.class, "ready", Map.of("be", be));
    }

    /** An HTTP/2 request as gRPC makes it, to this pod's own address: the status of the answer. */
    String call(int port, String method, String path, String bodyHex) {
        Map<String, Object> options =
                Map.of("host", pod.ip(), "port", port, "method", method, "path", path, "bodyHex", bodyHex);
        return ask(Called.class, "call", options).outcome();
    }

    private <T> T ask(Class<T> answer, String command, Map<String, Object> options) {
        Map<String, Object> message = new HashMap<>(options);
        message.put("command", command);
        return Json.read(Http.ok("POST", pod.url(AppPod.COMMANDS), Json.write(message)), answer);
    }
}
