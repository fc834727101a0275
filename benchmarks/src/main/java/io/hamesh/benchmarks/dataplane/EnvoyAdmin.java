package io.hamesh.benchmarks.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an Envoy tells of itself.
 *
 * @param address for example {@code 10.0.0.1:22100}
 */
record EnvoyAdmin(String address) {
    private static final Pattern SSL_COUNTER = Pattern.compile(
            "(?m)^cluster\\..*\\.ssl\\.((?:versions|ciphers|curves)\\.\\S+|handshake|session_reused): (\\d+)$");

    /** All of it, as it was put together. Envoy takes private keys out. */
    String configuration() {
        return get("/config_dump");
    }

    /** What its handshakes with upstreams have agreed on so far, for people. */
    String handshakes() {
        return handshakesIn(get("/stats?filter=ssl"));
    }

    static String handshakesIn(String stats) {
        Map<String, Long> sums = SSL_COUNTER
                .matcher(stats)
                .results()
                .collect(Collectors.toMap(counter -> counter.group(1), EnvoyAdmin::count, Long::sum, TreeMap::new));
        long all = sums.getOrDefault("handshake", 0L);
        long resumed = sums.getOrDefault("session_reused", 0L);
        String agreed = sums.entrySet().stream()
                .filter(counter -> counter.getKey().contains(".") && counter.getValue() > 0)
                .map(counter -> counter.getKey().substring(counter.getKey().indexOf('.') + 1))
                .collect(Collectors.joining(", "));
        return "%s; %d of %d resumed".formatted(agreed, resumed, all);
    }

    private static long count(MatchResult counter) {
        return Long.parseLong(counter.group(2));
    }

    private String get(String path) {
        try (InputStream said = URI.create("http://" + address + path).toURL().openStream()) {
            return new String(said.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Envoy's admin at " + address + path + " does not answer", e);
        }
    }
}
