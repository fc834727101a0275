package io.hamesh.operator.consul;

import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells which config entries of a kind came, went or were written. */
public final class ConfigEntryWatch implements BlockingQuery.Follower<List<ConfigEntry>> {
    private static final Duration SPACING = Duration.ofMillis(200);

    /** Hears of every listing; what it throws counts as no listing. */
    public interface Follower {
        /** The first listing, or the first after Consul was away or lost its data: anything may have changed. */
        void fresh(List<ConfigEntry> entries);

        /** News, or none: {@code names} are the entries that came, went or were written since. */
        void changed(Set<String> names, List<ConfigEntry> entries);

        /** How long to wait for news before the next listing; at most {@code usual}. */
        default Duration wait(Duration usual) {
            return usual;
        }
    }

    private final Follower follower;
    private Map<String, Long> seen = Map.of();

    private ConfigEntryWatch(Follower follower) {
        this.follower = follower;
    }

    /**
     * What a loop does that follows all entries of a kind.
     *
     * @param kind for example {@code service-intentions}
     */
    public static Loop.Body of(ConfigEntries consul, String kind, Follower follower) {
        return new BlockingQuery<>(
                kind,
                SPACING,
                (index, wait) -> consul.watch(kind, index, follower.wait(wait)),
                new ConfigEntryWatch(follower));
    }

    @Override
    public void heard(Watched<List<ConfigEntry>> answer, boolean fresh) {
        List<ConfigEntry> entries = answer.value();
        Map<String, Long> now = entries.stream().collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::modifyIndex));
        if (fresh) {
            follower.fresh(entries);
        } else {
            follower.changed(difference(seen, now), entries);
        }
        seen = now;
    }

    private static Set<String> difference(Map<String, Long> before, Map<String, Long> now) {
        Set<Map.Entry<String, Long>> gone = new HashSet<>(before.entrySet());
        gone.removeAll(now.entrySet());
        Set<Map.Entry<String, Long>> come = new HashSet<>(now.entrySet());
        come.removeAll(before.entrySet());
        come.addAll(gone);
        return come.stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    }
}
