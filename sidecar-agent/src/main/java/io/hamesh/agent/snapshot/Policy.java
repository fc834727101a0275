package io.hamesh.agent.snapshot;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is left of all intentions once they are ranked: who may call this pod's service. The most exact name wins, then
 * {@value #ANY}, and where neither is there the call is denied.
 *
 * @param sources verdict by the source service's whole name, or {@value #ANY}
 */
public record Policy(SortedMap<String, Verdict> sources) {
    public static final String ANY = "*";

    public Policy {
        sources = Collections.unmodifiableSortedMap(new TreeMap<>(sources));
    }

    /** Nobody may call. */
    public static Policy denyAll() {
        return new Policy(new TreeMap<>());
    }

    /** The verdict on {@code source}, a service's whole name. */
    public Verdict on(String source) {
        return sources.getOrDefault(source, sources.getOrDefault(ANY, Verdict.DENY));
    }
}
