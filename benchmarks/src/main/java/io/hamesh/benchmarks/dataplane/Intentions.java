package io.hamesh.benchmarks.dataplane;

import java.util.List;
import java.util.Map;

/** Consul's entries about who may call: the same for all that follow them. */
final class Intentions {
    static final String KIND = "service-intentions";

    private Intentions() {}

    static void allow(ConsulApi consul, String source, String destination) {
        consul.put(write(source, "allow", destination));
    }

    static Write write(String source, String action, String destination) {
        return new Write(
                "/v1/config",
                Map.of(
                        "Kind",
                        KIND,
                        "Name",
                        destination,
                        "Sources",
                        List.of(
                                Map.of("Name", source, "Action", action),
                                Map.of("Name", Lab.NEIGHBOUR, "Action", "allow"),
                                Map.of("Name", Lab.STRANGER, "Action", "deny"))));
    }
}
