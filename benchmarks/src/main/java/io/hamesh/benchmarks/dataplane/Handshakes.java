package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.testbed.host.Command;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The TLS handshakes between a mesh's proxies, as they were seen on the wire while each exchange had a new connection. What
 * TLS 1.2 encrypts is not seen: its group, and whether it resumes a session.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Handshakes(
        int seen,
        int resumed,
        int retried,
        Map<String, Integer> versions,
        Map<String, Integer> ciphers,
        Map<String, Integer> groups) {
    private static final int ENOUGH = 100;
    private static final Duration CALLING = Duration.ofMillis(700);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Handshakes between(Pod caller, Pod called, Mesh mesh, String load) {
        String inbound = mesh.inbound(Protocol.TCP);
        Command watch = called.enter(List.of(
                load,
                "handshakes",
                "-port=" + inbound.substring(inbound.lastIndexOf(':') + 1),
                "-count=" + ENOUGH,
                "-patience=" + 3 * CALLING.toMillis() + "ms"));
        CompletableFuture<String> watched = CompletableFuture.supplyAsync(watch::output);
        Load.closed(Protocol.TCP, 1).withNewConnections().call(caller, load, mesh.address(Protocol.TCP), CALLING);
        return read(watched.join());
    }

    static Handshakes read(String said) {
        try {
            return JSON.readValue(said, Handshakes.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the load program said: " + said, e);
        }
    }

    /** For people. */
    @Override
    public String toString() {
        if (seen == 0) {
            return "none seen";
        }
        return String.join(", ", versions.keySet())
                + "; " + String.join(", ", ciphers.keySet())
                + (groups.isEmpty() ? "" : "; " + String.join(", ", groups.keySet()))
                + (versions.containsKey("TLS 1.3") ? "; %d of %d resumed".formatted(resumed, seen) : "")
                + (retried > 0 ? "; " + retried + " with one more round trip for another group" : "");
    }
}
