package io.hamesh.e2e;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A {@code ServiceIntention} to apply.
 *
 * @param name the object's name
 * @param destination the service that is called
 * @param sources who calls, and {@code allow} or {@code deny}, in the order written
 */
record Intention(String name, String destination, Map<String, String> sources) {

    static Intention to(String destination) {
        return new Intention(destination, destination, Map.of());
    }

    Intention allowing(String... services) {
        return with("allow", services);
    }

    Intention denying(String... services) {
        return with("deny", services);
    }

    private Intention with(String action, String... services) {
        Map<String, String> more = new LinkedHashMap<>(sources);
        for (String service : services) {
            more.put(service, action);
        }
        return new Intention(name, destination, more);
    }

    String yaml() {
        String list = sources.entrySet().stream()
                .map(e -> "  - {name: \"%s\", action: %s}\n".formatted(e.getKey(), e.getValue()))
                .collect(Collectors.joining());
        return """
                apiVersion: hamesh.io/v1alpha1
                kind: ServiceIntention
                metadata:
                  name: %s
                spec:
                  destination:
                    name: %s
                  sources:
                %s""".formatted(name, destination, list.indent(0));
    }
}
