package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;

/** Consul's entries about who may call: the same for all that follow them. */
final class Intentions {
    static final String KIND = "service-intentions";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Intentions() {}

    static void allow(ConsulApi consul, String source, String destination) {
        consul.put("/v1/config", entry(source, "allow", destination));
    }

    static String json(String source, String action, String destination) {
        try {
            return JSON.writeValueAsString(entry(source, action, destination));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> entry(String source, String action, String destination) {
        return Map.of(
                "Kind",
                KIND,
                "Name",
                destination,
                "Sources",
                List.of(Map.of("Name", source, "Action", action), Map.of("Name", Lab.STRANGER, "Action", "deny")));
    }
}
