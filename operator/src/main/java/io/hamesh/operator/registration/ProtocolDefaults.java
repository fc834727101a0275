package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Consul which protocol a service speaks, as {@code service-defaults}; what others wrote there stands. Each change makes
 * all callers of the service reload, in other namespaces too: it takes all of the service's pods, and comes rarely.
 */
final class ProtocolDefaults {
    /** A first declaration does not count, and neither does putting right what somebody changed in Consul. */
    static final Duration BETWEEN_CHANGES = Duration.ofMinutes(20);

    private static final Logger LOG = LoggerFactory.getLogger(ProtocolDefaults.class);
    private static final String PROTOCOL = "Protocol";

    private final ConfigEntries entries;
    private final String cluster;
    private final InstantSource clock;

    /** What was seen to be in place. */
    private final Map<String, Protocol> settled = new ConcurrentHashMap<>();

    /** What we declared, though somebody may have changed or removed it since. */
    private final Map<String, Declared> declared = new ConcurrentHashMap<>();

    /** Services whose entry is to go, and that Consul did not let go. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    ProtocolDefaults(ConfigEntries entries, String cluster, InstantSource clock) {
        this.entries = entries;
        this.cluster = cluster;
        this.clock = clock;
    }

    /** What became of a pod's protocol. */
    sealed interface Declaration {
        /** Consul says it. */
        record InPlace() implements Declaration {}

        /** It was written. */
        record Written() implements Declaration {}

        /** Somebody had changed or removed what we wrote. */
        record Repaired() implements Declaration {}

        /** Somebody else's entry says another, which stands; {@code why} is for a person. */
        record Foreign(String why) implements Declaration {}

        /** Callers go on with another for now; {@code why} is for a person. */
        record Waits(String why) implements Declaration {}
    }

    /** Somebody may have changed an entry: ask Consul again. */
    void forget() {
        settled.clear();
    }

    /** All that Consul has, others' too. */
    List<ConfigEntry> all() {
        return entries.list(ConfigEntry.SERVICE_DEFAULTS);
    }

    /** Removes those of ours whose service has ended; one that Consul refuses to let go stays, and is told once. */
    void removeEnded(List<ConfigEntry> all, Predicate<String> hasEnded) {
        all.stream()
                .filter(entry -> OwnershipMark.isOn(entry.meta(), cluster) && hasEnded.test(entry.name()))
                .forEach(this::remove);
    }

    private void remove(ConfigEntry entry) {
        try {
            if (entries.deleteCas(entry.kind(), entry.name(), entry.modifyIndex())) {
                settled.remove(entry.name());
                declared.remove(entry.name());
                refused.remove(entry.name());
                LOG.atInfo()
                        .addKeyValue("service", entry.name())
                        .log("service-defaults removed with the service's claim");
            }
        } catch (ConsulRefusedException e) {
            if (refused.add(entry.name())) {
                LOG.atWarn()
                        .addKeyValue("service", entry.name())
                        .addKeyValue("error", e.reason())
                        .log("consul keeps service-defaults of a service that has ended");
            }
        }
    }

    /**
     * The services whose protocol in Consul is none of those that their pods speak.
     *
     * @param all {@code service-defaults}, as {@link #all} has them
     * @param spoken by service
     */
    Set<String> differing(List<ConfigEntry> all, Map<String, Set<Protocol>> spoken) {
        Map<String, Object> inEffect =
                all.stream().collect(Collectors.toMap(ConfigEntry::name, entry -> inEffect(Optional.of(entry))));
        Set<String> differing = spoken.keySet().stream()
                .filter(service ->
                        !spoken.getOrDefault(service, Set.of()).contains(inEffect.getOrDefault(service, Protocol.TCP)))
                .collect(Collectors.toCollection(HashSet::new));
        settled.keySet().removeAll(differing);
        return differing;
    }

    /**
     * Has Consul say what a pod speaks, if it may.
     *
     * @param living what all living pods of the service speak
     */
    Declaration ensure(String service, Protocol protocol, Supplier<Set<Protocol>> living) {
        if (protocol == settled.get(service)) {
            return new Declaration.InPlace();
        }
        Optional<ConfigEntry> found = entries.get(ConfigEntry.SERVICE_DEFAULTS, service);
        boolean isOurs =
                found.filter(entry -> OwnershipMark.isOn(entry.meta(), cluster)).isPresent();
        if (protocol.equals(inEffect(found))) {
            Declared before = found.filter(entry -> isOurs).map(Declared::of).orElse(Declared.NONE);
            settle(service, protocol, declared(service).or(before).saying(protocol));
            return new Declaration.InPlace();
        }
        if (found.isPresent() && !isOurs) {
            return new Declaration.Foreign(foreign(service, protocol, found.get()));
        }
        return declare(service, protocol, found, living);
    }

    private Declaration declare(
            String service, Protocol protocol, Optional<ConfigEntry> found, Supplier<Set<Protocol>> living) {
        Declared before = declared(service).or(found.map(Declared::of).orElse(Declared.NONE));
        boolean repairs = before.protocol().filter(protocol::equals).isPresent();
        boolean changes = found.isPresent() && !repairs;
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Optional<String> waits = repairs ? Optional.empty() : odd(service, protocol, found, living.get());
        if (waits.isEmpty() && changes) {
            waits = tooSoon(service, protocol, found, before, now);
        }
        if (waits.isPresent()) {
            return new Declaration.Waits(waits.get());
        }
        Declared next = changes ? new Declared(Optional.of(protocol), Optional.of(now)) : before.saying(protocol);
        if (entries.putCas(entry(service, next, protocol, found))) {
            settle(service, protocol, next);
            return repairs ? new Declaration.Repaired() : new Declaration.Written();
        }
        return ensure(service, protocol, living); // somebody was faster: judge what stands there now
    }

    private void settle(String service, Protocol protocol, Declared now) {
        settled.put(service, protocol);
        declared.put(service, now);
    }

    private Declared declared(String service) {
        return declared.getOrDefault(service, Declared.NONE);
    }

    private static Optional<String> odd(
            String service, Protocol protocol, Optional<ConfigEntry> found, Set<Protocol> living) {
        String others = living.stream()
                .filter(each -> each != protocol)
                .map(Protocol::id)
                .sorted()
                .collect(Collectors.joining(", "));
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(goesOn(service, protocol, found) + ": that changes once all living pods of " + service
                        + " say " + protocol.id() + "; others say " + others);
    }

    private static Optional<String> tooSoon(
            String service, Protocol protocol, Optional<ConfigEntry> found, Declared before, Instant now) {
        return before.changed()
                .map(changed -> changed.plus(BETWEEN_CHANGES))
                .filter(now::isBefore)
                .map(next -> goesOn(service, protocol, found) + ": it changed less than " + BETWEEN_CHANGES.toMinutes()
                        + " minutes ago, and changes again at " + next);
    }

    private static String goesOn(String service, Protocol protocol, Optional<ConfigEntry> found) {
        return "the pod says protocol " + protocol.id() + ", callers of " + service + " go on with " + said(found);
    }

    private static String foreign(String service, Protocol protocol, ConfigEntry found) {
        return "service-defaults " + service + " in Consul says protocol " + said(Optional.of(found))
                + ", the pod says " + protocol.id() + ": Consul's stands; change one of them";
    }

    private static String said(Optional<ConfigEntry> found) {
        return found.map(entry -> entry.fields().get(PROTOCOL))
                .map(Object::toString)
                .filter(text -> !text.isEmpty())
                .orElse(Protocol.TCP.id());
    }

    private static Object inEffect(Optional<ConfigEntry> found) {
        String protocol = said(found);
        return Protocol.of(protocol).map(Object.class::cast).orElse(protocol);
    }

    private ConfigEntry entry(String service, Declared next, Protocol protocol, Optional<ConfigEntry> before) {
        Map<String, Object> fields =
                new HashMap<>(before.map(ConfigEntry::fields).orElse(Map.of()));
        fields.put(PROTOCOL, protocol.id());
        Map<String, String> meta = new HashMap<>(OwnershipMark.of(cluster));
        meta.putAll(next.meta());
        long index = before.map(ConfigEntry::modifyIndex).orElse(0L);
        return new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, service, meta, fields, index);
    }
}
