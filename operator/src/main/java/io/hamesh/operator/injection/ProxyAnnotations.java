package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hamesh.model.Annotations;
import io.hamesh.model.ProxySettings;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** How many connections HAProxy holds, and the memory for them: each follows from the other, and both must fit. */
final class ProxyAnnotations {
    private static final BigDecimal MIB = BigDecimal.valueOf(1L << 20);

    private final Map<String, String> annotations;
    private final Problems problems;

    ProxyAnnotations(Map<String, String> annotations, Problems problems) {
        this.annotations = annotations;
        this.problems = problems;
    }

    /** Where a value is wrong, a problem is noted and its default stands in. What the installation says is added later. */
    ProxySettings read() {
        int connections = maxConnections()
                .orElseGet(() ->
                        memoryMib().map(ProxySettings::connectionsIn).orElse(ProxySettings.DEFAULT_MAX_CONNECTIONS));
        return new ProxySettings(connections, perSource(connections), Optional.empty(), false);
    }

    /** HAProxy's limit where no annotation says it: more connections than usual need more memory than usual. */
    static Quantity memoryLimit(Map<String, String> annotations) {
        int connections = new ProxyAnnotations(annotations, new Problems())
                .maxConnections()
                .orElse(ProxySettings.DEFAULT_MAX_CONNECTIONS);
        return new Quantity(Math.max(ProxySettings.DEFAULT_MEMORY_MIB, ProxySettings.memoryMib(connections)) + "Mi");
    }

    private OptionalInt maxConnections() {
        OptionalInt connections = number(
                Annotations.MAX_CONNECTIONS, ProxySettings.LEAST_MAX_CONNECTIONS, ProxySettings.MOST_MAX_CONNECTIONS);
        connections.ifPresent(this::checkMemory);
        return connections;
    }

    private void checkMemory(int connections) {
        int needed = ProxySettings.memoryMib(connections);
        memoryMib()
                .filter(memory -> memory < needed)
                .ifPresent(memory -> problems.annotation(
                        Annotations.MAX_CONNECTIONS,
                        Integer.toString(connections),
                        "needs " + needed + "Mi, and " + Annotations.PROXY_MEMORY + " is "
                                + annotations.get(Annotations.PROXY_MEMORY)
                                + ": raise it, leave it out, or expect at most "
                                + ProxySettings.connectionsIn(memory)));
    }

    private OptionalInt perSource(int connections) {
        return number(Annotations.UNSECURED_PER_SOURCE, 1, connections);
    }

    private OptionalInt number(String name, int least, int most) {
        String value = annotations.get(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (!value.matches("[0-9]{1,6}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            problems.annotation(name, value, "expected a number of connections, " + least + " to " + most);
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(value));
    }

    private Optional<Long> memoryMib() {
        return new QuantityAnnotations(annotations, new Problems())
                .read(Annotations.PROXY_MEMORY, "128Mi")
                .map(memory -> Quantity.getAmountInBytes(memory)
                        .divideToIntegralValue(MIB)
                        .longValue());
    }
}
