package io.hamesh.operator;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.hamesh.operator.health.Health;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operator at a time writes to Consul; every replica answers admission. None of its threads is a {@code Loop}: the
 * election is the library's, and beats at each look at the Lease. The watchdog is a platform thread, because it has to
 * step down in time also where virtual threads get no turn.
 */
final class Leadership implements AutoCloseable {
    static final String LEASE = "hamesh-operator";

    /** How long a leader that vanished without a word goes unreplaced, a look at the Lease besides. */
    static final Duration LEASE_DURATION = Duration.ofSeconds(10);

    /** A leader that could not renew for so long steps down: before anybody else may lead. */
    static final Duration RENEW_DEADLINE = Duration.ofSeconds(7);

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration RETRY_PERIOD = Duration.ofSeconds(1);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final ObservedLease lease;
    private final Runnable lost;
    private final AtomicBoolean leading = new AtomicBoolean();
    private final Thread watchdog =
            Thread.ofPlatform().daemon().name("lease-watchdog").unstarted(this::watch);
    private volatile boolean closing;
    private volatile @Nullable CompletableFuture<?> election;

    /**
     * Takes part in nothing before {@link #start}.
     *
     * @param identity of this replica among all: its pod's name
     * @param lost called once, on a thread of its own, when a lease that was held cannot be held any longer
     */
    Leadership(KubernetesClient client, String namespace, String identity, Health health, Runnable lost) {
        // A request that hangs, or is retried for a minute, would outlast the lease that it is to renew.
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withConnectionTimeout((int) REQUEST_TIMEOUT.toMillis())
                        .withRequestTimeout((int) REQUEST_TIMEOUT.toMillis())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.lease = new ObservedLease(
                namespace,
                LEASE,
                identity,
                health.heartbeat("election", SILENCE)::beat,
                health.heartbeat("lease", LEASE_DURATION.multipliedBy(2))::beat);
        this.lost = lost;
    }

    /** Returns at once; {@code tasks} start, on a thread of their own, when this replica leads. */
    Leadership start(Runnable tasks) {
        LeaderCallbacks callbacks = new LeaderCallbacks(
                () -> {
                    leading.set(true);
                    LOG.atInfo().addKeyValue("identity", lease.identity()).log("leading");
                    Thread.ofVirtual().name("leader-tasks").start(tasks);
                },
                this::stepDown,
                leader -> LOG.atInfo().addKeyValue("identity", leader).log("leader"));
        election = client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(LEASE)
                        .withLock(lease)
                        .withLeaseDuration(LEASE_DURATION)
                        .withRenewDeadline(RENEW_DEADLINE)
                        .withRetryPeriod(RETRY_PERIOD)
                        .withReleaseOnCancel()
                        .withLeaderCallbacks(callbacks)
                        .build())
                .build()
                .start();
        watchdog.start();
        return this;
    }

    boolean isLeading() {
        return leading.get();
    }

    /** The elector looks at its deadline between requests only; this is for when one of them does not return. */
    private void watch() {
        try {
            while (!closing) {
                Thread.sleep(RETRY_PERIOD.dividedBy(2));
                if (isLeading() && lease.sinceRenewed().compareTo(RENEW_DEADLINE) > 0) {
                    stepDown();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a thread of its own: the elector holds a lock that {@link #close} needs. */
    private void stepDown() {
        if (leading.compareAndSet(true, false) && !closing) {
            LOG.atError().addKeyValue("identity", lease.identity()).log("lease lost");
            Thread.ofPlatform().name("lease-lost").start(lost);
        }
    }

    /** Gives the lease away, for another to lead at its next look; the tasks have to have ended. */
    @Override
    public void close() {
        closing = true;
        leading.set(false);
        watchdog.interrupt();
        CompletableFuture<?> running = election;
        if (running != null) {
            running.cancel(true);
        }
        client.close();
    }
}
