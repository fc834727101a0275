package io.hamesh.operator.intention;

import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntries.Listing;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows all {@code service-intentions} entries in Consul by blocking queries, on a thread of its own. */
final class IntentionWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(IntentionWatch.class);

    /** Also how long a Consul that vanished without a word goes unseen. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** Each listing carries all entries: under mass writes, look at most this often. */
    private static final Duration SPACING = Duration.ofMillis(200);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Hears of every listing; what it throws counts as a failed listing. */
    interface Follower {
        /** The first listing, or the first after Consul was away: anything may have changed. */
        void fresh(Listing listing);

        /** News, or none: {@code names} are the entries that came, went or were written since. */
        void changed(Set<String> names, Listing listing);
    }

    private final ConfigEntries consul;
    private final Follower follower;
    private Map<String, Long> seen = Map.of();
    private long index;
    private boolean failing;

    IntentionWatch(ConfigEntries consul, Follower follower) {
        this.consul = consul;
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
            Listing listing = consul.watch(ConfigEntry.SERVICE_INTENTIONS, index, WAIT);
            tell(fresh, listing);
            index = listing.index();
            if (failing) {
                LOG.atInfo().addKeyValue("entries", seen.size()).log("consul is back, intentions are followed again");
                failing = false;
            }
            return SPACING;
        } catch (ConsulException e) {
            failed(e);
        } catch (RuntimeException e) {
            LOG.error("following intentions failed, trying again", e);
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
                    .addKeyValue("error", e.getMessage())
                    .log("intentions in consul cannot be followed, trying again");
            failing = true;
        }
    }
}
