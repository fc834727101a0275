package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has callers of a service learn from Consul which protocol its pods speak: writes {@code service-defaults} where {@link
 * ChainProtocol} would be another. What others wrote there stands. Each change makes all callers of the service reload, in
 * other namespaces too: it takes all of the service's pods, and comes rarely.
 */
final class ProtocolDefaults {
    /** A first declaration does not count, and neither does putting right what somebody changed in Consul. */
    static final Duration BETWEEN_CHANGES = Duration.ofMinutes(20);

    private static final Logger LOG = LoggerFactory.getLogger(ProtocolDefaults.class);
    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** No try begins later than that, or a slow Consul would make a write look as if it hung. */
    private static final Duration LAST_TRY = Duration.ofSeconds(30);

    private final ConfigEntries entries;
    private final String cluster;
    private final InstantSource clock;

    /** What callers were seen to learn from Consul. */
    private final Map<String, Protocol> settled = new ConcurrentHashMap<>();

    /** What we wrote, though somebody may have changed or removed it since. */
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
        /** Callers learn it from Consul, by an entry of the service or without one. */
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
     * The services whose callers learn from Consul a protocol that none of their pods speaks.
     *
     * @param all {@code service-defaults}, as {@link #all} has them
     * @param spoken by service
     */
    Set<String> differing(List<ConfigEntry> all, Map<String, Set<Protocol>> spoken) {
        Map<String, ChainProtocol> told = all.stream().collect(Collectors.toMap(ConfigEntry::name, ChainProtocol::of));
        ChainProtocol otherwise = ChainProtocol.withoutServiceDefaults(proxyDefaults());
        settled.entrySet()
                .removeIf(each -> !told.getOrDefault(each.getKey(), otherwise).is(each.getValue()));
        return spoken.entrySet().stream()
                .filter(each -> !told.getOrDefault(each.getKey(), otherwise).isAmong(each.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private Optional<ConfigEntry> proxyDefaults() {
        return entries.get(ConfigEntry.PROXY_DEFAULTS, ConfigEntry.GLOBAL);
    }

    /**
     * Has Consul say what a pod speaks, if it may. Where callers learn that already, nothing is written.
     *
     * @param living what all living pods of the service speak
     */
    Declaration ensure(String service, Protocol protocol, Supplier<Set<Protocol>> living) {
        if (protocol == settled.get(service)) {
            return new Declaration.InPlace();
        }
        Instant last = clock.instant().plus(LAST_TRY);
        for (int attempt = 0; attempt < TRIES && !clock.instant().isAfter(last); attempt++) {
            Optional<Declaration> done = declare(look(service, protocol), living);
            if (done.isPresent()) {
                return done.get();
            }
            pause(); // somebody was faster: judge what stands there then
        }
        return new Declaration.Waits(
                "others keep changing service-defaults " + service + " in Consul, so that it does not"
                        + " say the pod's protocol " + protocol.id() + " yet: tried again each minute");
    }

    /**
     * A pod's word, and what Consul has about its service.
     *
     * @param entry the service's own {@code service-defaults}
     * @param told what callers learn from Consul, by the entry or without one
     */
    private record Seen(String service, Protocol protocol, Optional<ConfigEntry> entry, ChainProtocol told) {
        String goesOn() {
            return "the pod says protocol " + protocol.id() + ", callers of " + service + " go on with " + told.word();
        }
    }

    private Seen look(String service, Protocol protocol) {
        Optional<ConfigEntry> entry = entries.get(ConfigEntry.SERVICE_DEFAULTS, service);
        ChainProtocol told =
                entry.map(ChainProtocol::of).orElseGet(() -> ChainProtocol.withoutServiceDefaults(proxyDefaults()));
        return new Seen(service, protocol, entry, told);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.plusMillis(ThreadLocalRandom.current().nextLong(PAUSE.toMillis())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConsulUnavailableException("interrupted before asking Consul again");
        }
    }

    /** Empty where somebody else wrote the entry meanwhile. */
    private Optional<Declaration> declare(Seen seen, Supplier<Set<Protocol>> living) {
        Optional<ConfigEntry> ours = seen.entry().filter(entry -> OwnershipMark.isOn(entry.meta(), cluster));
        if (seen.told().is(seen.protocol())) {
            Declared before = declared(seen.service());
            settle(
                    seen,
                    ours.map(entry -> before.or(Declared.of(entry)).saying(seen.protocol()))
                            .orElseGet(before::sayingNothing));
            return Optional.of(new Declaration.InPlace());
        }
        if (seen.entry().isPresent() && ours.isEmpty()) {
            return Optional.of(new Declaration.Foreign(foreign(seen)));
        }
        return write(seen, living);
    }

    private Optional<Declaration> write(Seen seen, Supplier<Set<Protocol>> living) {
        Declared before =
                declared(seen.service()).or(seen.entry().map(Declared::of).orElse(Declared.NONE));
        boolean repairs = before.protocol().filter(seen.protocol()::equals).isPresent();
        boolean changes = seen.entry().isPresent() && !repairs;
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Optional<String> waits = repairs ? Optional.empty() : odd(seen, living.get());
        if (waits.isEmpty() && changes) {
            waits = tooSoon(seen, before, now);
        }
        if (waits.isPresent()) {
            return waits.map(Declaration.Waits::new);
        }
        Declared next =
                changes ? new Declared(Optional.of(seen.protocol()), Optional.of(now)) : before.saying(seen.protocol());
        if (!entries.putCas(entry(seen, next))) {
            return Optional.empty();
        }
        settle(seen, next);
        return Optional.of(repairs ? new Declaration.Repaired() : new Declaration.Written());
    }

    private void settle(Seen seen, Declared now) {
        settled.put(seen.service(), seen.protocol());
        declared.put(seen.service(), now);
    }

    private Declared declared(String service) {
        return declared.getOrDefault(service, Declared.NONE);
    }

    private static Optional<String> odd(Seen seen, Set<Protocol> living) {
        String others = living.stream()
                .filter(each -> each != seen.protocol())
                .map(Protocol::id)
                .sorted()
                .collect(Collectors.joining(", "));
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(seen.goesOn() + ": that changes once all living pods of " + seen.service() + " say "
                        + seen.protocol().id() + "; others say " + others);
    }

    private static Optional<String> tooSoon(Seen seen, Declared before, Instant now) {
        return before.changed()
                .map(changed -> changed.plus(BETWEEN_CHANGES))
                .filter(now::isBefore)
                .map(next -> seen.goesOn() + ": it changed less than " + BETWEEN_CHANGES.toMinutes()
                        + " minutes ago, and changes again at " + next);
    }

    private static String foreign(Seen seen) {
        return "service-defaults " + seen.service() + " in Consul says protocol "
                + seen.told().word() + ", the pod says " + seen.protocol().id()
                + ": Consul's stands; change one of them";
    }

    private ConfigEntry entry(Seen seen, Declared next) {
        Map<String, Object> fields =
                new HashMap<>(seen.entry().map(ConfigEntry::fields).orElse(Map.of()));
        fields.put("Protocol", seen.protocol().id());
        Map<String, String> meta = new HashMap<>(OwnershipMark.of(cluster));
        meta.putAll(next.meta());
        long index = seen.entry().map(ConfigEntry::modifyIndex).orElse(0L);
        return new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, seen.service(), meta, fields, index);
    }
}
