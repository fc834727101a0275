package io.hamesh.operator.registration;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Tells Consul which protocol a service speaks, as {@code service-defaults}; what others wrote there stands. */
final class ProtocolDefaults {
    private static final String PROTOCOL = "Protocol";

    private final ConfigEntries entries;
    private final String cluster;

    /** What was seen to be in place. */
    private final Map<String, Protocol> settled = new ConcurrentHashMap<>();

    ProtocolDefaults(ConfigEntries entries, String cluster) {
        this.entries = entries;
        this.cluster = cluster;
    }

    /** Somebody may have changed an entry: ask Consul again. */
    void forget() {
        settled.clear();
    }

    /**
     * The services whose protocol in Consul is none of those that their pods speak.
     *
     * @param spoken by service
     */
    Set<String> differing(Map<String, Set<Protocol>> spoken) {
        Map<String, Object> inEffect = entries.list(ConfigEntry.SERVICE_DEFAULTS).stream()
                .collect(Collectors.toMap(ConfigEntry::name, entry -> inEffect(Optional.of(entry))));
        Set<String> differing = spoken.keySet().stream()
                .filter(service ->
                        !spoken.getOrDefault(service, Set.of()).contains(inEffect.getOrDefault(service, Protocol.TCP)))
                .collect(Collectors.toCollection(HashSet::new));
        settled.keySet().removeAll(differing);
        return differing;
    }

    /** What a person should know, because the protocol in Consul is not the pod's; empty where all is well. */
    Optional<String> ensure(String service, Protocol protocol) {
        if (protocol == settled.get(service)) {
            return Optional.empty();
        }
        Optional<ConfigEntry> found = entries.get(ConfigEntry.SERVICE_DEFAULTS, service);
        if (protocol.equals(inEffect(found))) {
            settled.put(service, protocol);
            return Optional.empty();
        }
        if (found.isPresent() && !OwnershipMark.isOn(found.get().meta(), cluster)) {
            return Optional.of("service-defaults " + service + " in Consul says protocol "
                    + found.get().fields().getOrDefault(PROTOCOL, "tcp") + ", the pod says " + protocol.id()
                    + ": Consul's stands; change one of them");
        }
        if (entries.putCas(entry(service, protocol, found))) {
            settled.put(service, protocol);
            return Optional.empty();
        }
        return ensure(service, protocol); // somebody was faster: judge what stands there now
    }

    private static Object inEffect(Optional<ConfigEntry> found) {
        String protocol = found.map(entry -> entry.fields().get(PROTOCOL))
                .map(Object::toString)
                .filter(text -> !text.isEmpty())
                .orElse(Protocol.TCP.id());
        return Protocol.of(protocol).map(Object.class::cast).orElse(protocol);
    }

    private ConfigEntry entry(String service, Protocol protocol, Optional<ConfigEntry> before) {
        Map<String, Object> fields =
                new HashMap<>(before.map(ConfigEntry::fields).orElse(Map.of()));
        fields.put(PROTOCOL, protocol.id());
        long index = before.map(ConfigEntry::modifyIndex).orElse(0L);
        return new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, service, OwnershipMark.of(cluster), fields, index);
    }
}
