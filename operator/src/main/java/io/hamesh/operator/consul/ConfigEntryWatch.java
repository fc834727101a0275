package io.hamesh.operator.consul;

import io.hamesh.operator.consul.ConfigEntries.Listing;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows all config entries of a kind by blocking queries, on a thread of its own. */
public final class ConfigEntryWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigEntryWatch.class);

    /** Also how long a Consul that vanished without a word goes unseen. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** Each listing carries all entries: under mass writes, look at most this often. */
    private static final Duration SPACING = Duration.ofMillis(200);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Hears of every listing; what it throws counts as a failed listing. */
    public interface Follower {
        /** The first listing, or the first after Consul was away: anything may have changed. */
        void fresh(Listing listing);

        /** News, or none: {@code names} are the entries that came, went or were written since. */
        void changed(Set<String> names, Listing listing);
    }

    private final ConfigEntries consul;
    private final String kind;
    private final Follower follower;
    private Map<String, Long> seen = Map.of();
    private long index;
    private boolean failing;

    /** @param kind for example {@code service-intentions} */
    public ConfigEntryWatch(ConfigEntries consul, String kind, Follower follower) {
        this.consul = consul;
        this.kind = kind;
        this.follower = follower;
    }

    /** Runs until interrupted. */
    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(look());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the way to stop
        }
    }

    /** One listing; says how long to pause after it. */
    private Duration look() {
        try {
            boolean fresh = index == 0;
            Listing listing = consul.watch(kind, index, WAIT);
            tell(fresh, listing);
            index = listing.index();
            if (failing) {
                LOG.atInfo()
                        .addKeyValue("kind", kind)
                        .addKeyValue("entries", seen.size())
                        .log("consul is back, its entries are followed again");
                failing = false;
            }
            return SPACING;
        } catch (ConsulException e) {
            failed(e);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("kind", kind).setCause(e).log("following entries failed, trying again");
        }
        index = 0;
        return RETRY.plusMillis(ThreadLocalRandom.current().nextLong(RETRY.toMillis() / 2));
    }

    private void tell(boolean fresh, Listing listing) {
        Map<String, Long> now =
                listing.entries().stream().collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::modifyIndex));
        if (fresh) {
            follower.fresh(listing);
        } else {
            follower.changed(difference(seen, now), listing);
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

    private void failed(ConsulException e) {
        if (!failing && !Thread.currentThread().isInterrupted()) {
            LOG.atWarn()
                    .addKeyValue("kind", kind)
                    .addKeyValue("error", e.getMessage())
                    .log("entries in consul cannot be followed, trying again");
            failing = true;
        }
    }
}
