package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.SourceVerdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The policy as lines of HAProxy's map: a source service's whole name, or {@code *}, and the verdict. */
public final class IntentionMap {
    /** What may stand in a SPIFFE id as a service's name. Any other source can never call, and could break a line. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    private IntentionMap() {}

    /**
     * The one entry in which the map of a policy differs from the map of another.
     *
     * @param former the entry's verdict before; empty where there was no such entry
     * @param now the entry's verdict; empty where there is no such entry any more
     */
    public record Change(String source, Optional<SourceVerdict> former, Optional<SourceVerdict> now) {}

    public static List<String> lines(Policy policy) {
        return entries(policy).entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue().id() + "\n")
                .toList();
    }

    /** Empty where the maps differ in several entries, or in none. */
    public static Optional<Change> onlyChange(Policy former, Policy now) {
        Map<String, SourceVerdict> before = entries(former);
        Map<String, SourceVerdict> after = entries(now);
        List<String> differing = Stream.concat(before.keySet().stream(), after.keySet().stream())
                .distinct()
                .filter(source -> before.get(source) != after.get(source))
                .limit(2)
                .toList();
        return differing.size() == 1 ? Optional.of(change(differing.getFirst(), before, after)) : Optional.empty();
    }

    private static Change change(String source, Map<String, SourceVerdict> before, Map<String, SourceVerdict> after) {
        return new Change(source, Optional.ofNullable(before.get(source)), Optional.ofNullable(after.get(source)));
    }

    private static Map<String, SourceVerdict> entries(Policy policy) {
        Map<String, SourceVerdict> entries = new TreeMap<>(policy.sources());
        entries.keySet()
                .removeIf(source ->
                        !source.equals(Policy.ANY) && !NAME.matcher(source).matches());
        return entries;
    }
}
