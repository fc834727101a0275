package io.hamesh.operator.intention;

import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes entries of ours whose ServiceIntention is gone: deleted while Consul was away for so long that the finalizer
 * was given up, or with the finalizer taken off by hand.
 */
final class Orphans implements ConfigEntryWatch.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    private final ConfigEntries consul;
    private final ClusterIntentions intentions;
    private final String cluster;

    Orphans(ConfigEntries consul, ClusterIntentions intentions, String cluster) {
        this.consul = consul;
        this.intentions = intentions;
        this.cluster = cluster;
    }

    @Override
    public void fresh(List<ConfigEntry> entries) {
        List<ConsulException> failures = new ArrayList<>();
        for (ConfigEntry entry : entries) {
            try {
                removeIfOrphan(entry);
            } catch (ConsulException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst(); // only now: one that Consul keeps must not keep the others
        }
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> entries) {
        fresh(entries);
    }

    private void removeIfOrphan(ConfigEntry entry) {
        if (EntryOwner.of(entry) instanceof EntryOwner.Intention owner
                && owner.cluster().equals(cluster)
                && !isAlive(owner, entry.name())
                && consul.deleteCas(entry.kind(), entry.name(), entry.modifyIndex())) {
            LOG.atInfo()
                    .addKeyValue("destination", entry.name())
                    .addKeyValue("intention", owner.namespace() + "/" + owner.name())
                    .log("removed an entry whose intention is gone");
        }
    }

    /** The informer may lag behind, so the API server is asked before an intention counts as gone. */
    private boolean isAlive(EntryOwner.Intention owner, String destination) {
        boolean seen = intentions.withDestination(destination).stream()
                .anyMatch(intention -> owner.isSameObject(EntryOwner.of(intention, cluster)));
        return seen
                || intentions
                        .read(owner.namespace(), owner.name())
                        .flatMap(IntentionMapping::destination)
                        .filter(destination::equals)
                        .isPresent();
    }
}
