package io.hamesh.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/**
 * An instance of a service as Consul's catalogue shows it.
 *
 * @param status the worst of its checks: {@code passing} or {@code critical}
 * @param output of the operator's check
 */
record Instance(String node, String address, String id, String pod, String uid, String status, String output) {
    /** What the operator calls its check on an instance. */
    static final String CHECK_SUFFIX = "_ready";

    static Instance of(JsonNode entry) {
        JsonNode service = entry.path("Service");
        JsonNode meta = service.path("Meta");
        String id = service.path("ID").asText();
        boolean passing = StreamSupport.stream(entry.path("Checks").spliterator(), false)
                .allMatch(check -> check.path("Status").asText().equals("passing"));
        String output = StreamSupport.stream(entry.path("Checks").spliterator(), false)
                .filter(check -> check.path("CheckID").asText().equals(id + CHECK_SUFFIX))
                .map(check -> check.path("Output").asText())
                .findFirst()
                .orElse("");
        return new Instance(
                entry.path("Node").path("Node").asText(),
                entry.path("Node").path("Address").asText(),
                id,
                meta.path("pod-name").asText(),
                meta.path("pod-uid").asText(),
                passing ? "passing" : "critical",
                output);
    }

    boolean isPassing() {
        return status.equals("passing");
    }
}
