package io.hamesh.model;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The names that a pod's settings had at first. A Service called {@code hamesh} makes one of them ({@code HAMESH_PORT}), so no
 * agent reads them. New pods carry them beside today's for an operator that was rolled back; and pods that were injected
 * earlier have no others.
 */
public final class FormerNames {
    /** Settings that are younger than today's names have no former one. */
    private static final Map<String, String> FORMER = Map.of(
            BootstrapSettings.CLUSTER, "HAMESH_CLUSTER",
            BootstrapSettings.CONSUL_ADDRESS, "HAMESH_CONSUL_ADDRESS",
            BootstrapSettings.SERVICE, "HAMESH_SERVICE",
            BootstrapSettings.PORT, "HAMESH_PORT",
            BootstrapSettings.PROTOCOL, "HAMESH_PROTOCOL",
            BootstrapSettings.UNSECURED_PORT, "HAMESH_UNSECURED_PORT",
            BootstrapSettings.UPSTREAMS, "HAMESH_UPSTREAMS",
            BootstrapSettings.REQUIRE_LOOPBACK, "HAMESH_REQUIRE_LOOPBACK",
            BootstrapSettings.OPEN_PORTS, "HAMESH_OPEN_PORTS",
            BootstrapSettings.TAGS, "HAMESH_TAGS");

    /** Followed by what distinguishes one of many. */
    private static final Map<String, String> FORMER_PREFIXES = Map.of(
            BootstrapSettings.META_PREFIX, "HAMESH_META_",
            BootstrapSettings.PROBE_PREFIX, "HAMESH_PROBE_");

    private FormerNames() {}

    /** Whether injection alone may set a variable of that name in a sidecar. */
    public static boolean isReserved(String variable) {
        return variable.startsWith("hamesh.") || variable.startsWith("HAMESH_");
    }

    /** The same settings, each under both its names. */
    public static SortedMap<String, String> added(Map<String, String> environment) {
        SortedMap<String, String> both = new TreeMap<>(environment);
        environment.forEach((name, value) -> former(name).ifPresent(former -> both.put(former, value)));
        return both;
    }

    /**
     * The settings under today's names: as they are where the pod has any of those, else from the former ones.
     *
     * @param literals the variables that the pod's specification sets by value
     */
    public static Map<String, String> translated(Map<String, String> literals) {
        if (literals.containsKey(BootstrapSettings.SERVICE)) {
            return literals;
        }
        Map<String, String> today = new TreeMap<>();
        literals.forEach((name, value) -> today(name).ifPresent(known -> today.put(known, value)));
        return today;
    }

    private static Optional<String> former(String name) {
        return Optional.ofNullable(FORMER.get(name)).or(() -> FORMER_PREFIXES.entrySet().stream()
                .filter(prefix -> name.startsWith(prefix.getKey()))
                .map(prefix ->
                        prefix.getValue() + name.substring(prefix.getKey().length()))
                .findFirst());
    }

    private static Optional<String> today(String former) {
        return FORMER.entrySet().stream()
                .filter(name -> name.getValue().equals(former))
                .map(Map.Entry::getKey)
                .findFirst()
                .or(() -> FORMER_PREFIXES.entrySet().stream()
                        .filter(prefix -> former.startsWith(prefix.getValue()))
                        .map(prefix -> prefix.getKey()
                                + former.substring(prefix.getValue().length()))
                        .findFirst());
    }
}
