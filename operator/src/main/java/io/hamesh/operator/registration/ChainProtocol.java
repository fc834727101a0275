package io.hamesh.operator.registration;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntry;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The protocol that callers of a service learn from its discovery chain. The rule is Consul's (1.22, {@code
 * discoverychain/compile.go}): a {@code service-defaults} of the service decides alone, and means tcp where it names no
 * protocol. Without one the global {@code proxy-defaults} decides by {@code config.protocol}; else it is tcp.
 *
 * @param word Consul's, in lower case; it may be one that {@link Protocol} does not know
 */
record ChainProtocol(String word) {
    private static final String KEY = "Protocol";

    /** Of a service that has a {@code service-defaults}. */
    static ChainProtocol of(ConfigEntry serviceDefaults) {
        return in(serviceDefaults.fields());
    }

    /**
     * Of a service that has none.
     *
     * @param proxyDefaults the global one, if there is one
     */
    static ChainProtocol withoutServiceDefaults(Optional<ConfigEntry> proxyDefaults) {
        Object config = proxyDefaults.map(entry -> entry.fields().get("Config")).orElse(Map.of());
        return in(config instanceof Map<?, ?> fields ? fields : Map.of());
    }

    /** Consul takes {@code config.protocol} in any case. */
    private static ChainProtocol in(Map<?, ?> fields) {
        return fields.entrySet().stream()
                .filter(field -> KEY.equalsIgnoreCase(String.valueOf(field.getKey())))
                .map(field -> String.valueOf(field.getValue()).toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .findFirst()
                .map(ChainProtocol::new)
                .orElseGet(() -> new ChainProtocol(Protocol.TCP.id()));
    }

    boolean is(Protocol protocol) {
        return word.equals(protocol.id());
    }

    boolean isAmong(Set<Protocol> protocols) {
        return protocols.stream().anyMatch(this::is);
    }
}
