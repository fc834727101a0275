package io.hamesh.operator.registration;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntry;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What we declared for a service. It stands in the entry's metadata too, so that an operator that starts anew tells a change
 * of ours from somebody else's.
 *
 * @param changed when we declared another protocol than before; empty where we never did
 */
record Declared(Optional<Protocol> protocol, Optional<Instant> changed) {
    static final Declared NONE = new Declared(Optional.empty(), Optional.empty());

    private static final String PROTOCOL = "hamesh-protocol";
    private static final String CHANGED = "hamesh-protocol-changed";

    /** As our entry says; releases before this one wrote nothing of it. */
    static Declared of(ConfigEntry entry) {
        return new Declared(
                Optional.ofNullable(entry.meta().get(PROTOCOL)).flatMap(Protocol::of),
                Optional.ofNullable(entry.meta().get(CHANGED)).flatMap(Declared::instant));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** This, and what it does not know as the other has it. */
    Declared or(Declared other) {
        return new Declared(protocol.or(other::protocol), changed.or(other::changed));
    }

    Declared saying(Protocol now) {
        return new Declared(Optional.of(now), changed);
    }

    /**
     * Callers learn the protocol without an entry of ours. If they no longer do, nobody changed an entry of ours: a write
     * then is no repair.
     */
    Declared sayingNothing() {
        return new Declared(Optional.empty(), changed);
    }

    Map<String, String> meta() {
        Map<String, String> meta = new HashMap<>();
        protocol.ifPresent(each -> meta.put(PROTOCOL, each.id()));
        changed.ifPresent(each -> meta.put(CHANGED, each.toString()));
        return meta;
    }
}
