package io.hamesh.agent.snapshot;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who may call this pod's service: a verdict for each source. A source's own name counts first, then {@value #ANY}; where
 * neither is there the call is denied. Nothing is ranked here: {@code RankedIntentions} has done that.
 *
 * @param sources verdict by the source service's whole name, or {@value #ANY}
 */
public record Policy(SortedMap<String, SourceVerdict> sources) {
    public static final String ANY = "*";

    public Policy {
        sources = Collections.unmodifiableSortedMap(new TreeMap<>(sources));
    }

    /** Nobody may call. */
    public static Policy denyAll() {
        return new Policy(new TreeMap<>());
    }

    /** The verdict on {@code source}, a service's whole name. */
    public SourceVerdict on(String source) {
        return sources.getOrDefault(source, sources.getOrDefault(ANY, SourceVerdict.DENY));
    }
}
