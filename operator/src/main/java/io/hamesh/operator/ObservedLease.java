package io.hamesh.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The Lease, judged by this replica's own clock alone: what another wrote into it counts from when it was seen here. Two
 * nodes whose clocks differ would else take each other's living leases for ended.
 */
final class ObservedLease extends LeaseLock {
    private final Runnable looked;
    private final Runnable renewed;
    private @Nullable LeaderElectionRecord seen;
    private ZonedDateTime seenAt = ZonedDateTime.now(ZoneOffset.UTC);
    private volatile long renewedAt = System.nanoTime();

    /**
     * @param looked called whenever the election looks at the Lease
     * @param renewed called whenever this replica wrote it
     */
    ObservedLease(String namespace, String name, String identity, Runnable looked, Runnable renewed) {
        super(namespace, name, identity);
        this.looked = looked;
        this.renewed = renewed;
    }

    /** How long ago this replica last wrote the Lease, counted from before the write. */
    Duration sinceRenewed() {
        return Duration.ofNanos(System.nanoTime() - renewedAt);
    }

    @Override
    public synchronized @Nullable LeaderElectionRecord get(KubernetesClient client) {
        looked.run();
        LeaderElectionRecord record = super.get(client);
        if (record == null) {
            return null;
        }
        if (!record.equals(seen)) {
            seen = record;
            seenAt = ZonedDateTime.now(ZoneOffset.UTC);
        }
        return new LeaderElectionRecord(
                record.getHolderIdentity(),
                record.getLeaseDuration(),
                record.getAcquireTime(),
                seenAt,
                record.getLeaderTransitions());
    }

    @Override
    public synchronized void create(KubernetesClient client, LeaderElectionRecord record) {
        long before = System.nanoTime();
        super.create(client, record);
        renewedAt = before;
        renewed.run();
    }

    @Override
    public synchronized void update(KubernetesClient client, LeaderElectionRecord record) {
        long before = System.nanoTime();
        super.update(client, named(record));
        renewedAt = before;
        renewed.run();
    }

    /** A released Lease names nobody; a null would be left out of the patch, and the former holder stay in it. */
    private static LeaderElectionRecord named(LeaderElectionRecord record) {
        return record.getHolderIdentity() != null
                ? record
                : new LeaderElectionRecord(
                        "",
                        record.getLeaseDuration(),
                        record.getAcquireTime(),
                        record.getRenewTime(),
                        record.getLeaderTransitions());
    }
}
