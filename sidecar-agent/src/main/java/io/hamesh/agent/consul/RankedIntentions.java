package io.hamesh.agent.consul;

import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.SourceVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ranks all intentions on a destination by Consul's precedence, and keeps what that comes to: one verdict for each source.
 *
 * @param policy those verdicts
 * @param notEnforced for each source that is denied because its intention asks for more than can be enforced:
 *     {@code web (permissions)}
 */
record RankedIntentions(Policy policy, List<String> notEnforced) {
    // Of two that Consul ranks alike the denial counts; in the community edition there are no such two.
    private static final Comparator<Intention> RANK = Comparator.comparingInt(Intention::precedence)
            .reversed()
            .thenComparing(Intention::verdict, (a, b) -> b.compareTo(a));

    RankedIntentions {
        notEnforced = List.copyOf(notEnforced);
    }

    /**
     * Ranks as Consul does: of all intentions that match a source, whether by its name or by {@code *}, the one of the
     * highest precedence alone counts. So {@code * → redis} beats {@code web → *}, and the verdict on {@code web} here
     * may come from an intention that does not name it.
     */
    static RankedIntentions of(List<Intention> intentions) {
        SortedMap<String, Intention> strongest = new TreeMap<>();
        intentions.stream()
                .filter(Intention::isLocal)
                .sorted(RANK)
                .forEach(intention -> strongest.putIfAbsent(intention.source(), intention));
        Optional<Intention> ofAny = Optional.ofNullable(strongest.get(Policy.ANY));

        SortedMap<String, SourceVerdict> verdicts = new TreeMap<>();
        List<String> notEnforced = new ArrayList<>();
        strongest.forEach((source, own) -> {
            Optional<Intention> stronger = ofAny.filter(any -> RANK.compare(any, own) < 0);
            verdicts.put(source, stronger.orElse(own).verdict());
            if (stronger.isEmpty()) {
                own.notEnforced().ifPresent(what -> notEnforced.add(source + " (" + what + ")"));
            }
        });
        return new RankedIntentions(new Policy(verdicts), notEnforced);
    }
}
