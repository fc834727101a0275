package io.hamesh.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One operator at a time writes to Consul; every replica answers admission. */
final class Leadership implements AutoCloseable {
    static final String LEASE = "hamesh-operator";

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration LEASE_DURATION = Duration.ofSeconds(15);
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);
    private static final int LEADERSHIP_LOST = 3;

    private final KubernetesClient client;
    private final String namespace;
    private final String identity;
    private volatile boolean closing;
    private volatile boolean leading;
    private volatile @Nullable CompletableFuture<?> election;

    /**
     * Takes part in nothing before {@link #start}.
     *
     * @param identity of this replica among all: its pod's name
     */
    Leadership(KubernetesClient client, String namespace, String identity) {
        this.client = client;
        this.namespace = namespace;
        this.identity = identity;
    }

    /** Returns at once; {@code duties} start, on a thread of their own, when this replica leads. */
    Leadership start(Runnable duties) {
        LeaderCallbacks callbacks = new LeaderCallbacks(
                () -> {
                    leading = true;
                    LOG.info("leading identity={}", identity);
                    Thread.ofVirtual().name("duties").start(() -> begin(duties));
                },
                this::lost,
                leader -> LOG.info("leader={}", leader));
        election = client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(LEASE)
                        .withLock(new LeaseLock(namespace, LEASE, identity))
                        .withLeaseDuration(LEASE_DURATION)
                        .withRenewDeadline(RENEW_DEADLINE)
                        .withRetryPeriod(RETRY_PERIOD)
                        .withReleaseOnCancel()
                        .withLeaderCallbacks(callbacks)
                        .build())
                .build()
                .start();
        return this;
    }

    boolean isLeading() {
        return leading;
    }

    private static void begin(Runnable duties) {
        try {
            duties.run();
        } catch (RuntimeException e) {
            LOG.error("duties could not start, leaving", e);
            Runtime.getRuntime().exit(1);
        }
    }

    /** Another replica may write already: leave at once, the Deployment starts us anew. */
    private void lost() {
        leading = false;
        if (!closing) {
            LOG.error("lease lost, leaving identity={}", identity);
            Runtime.getRuntime().halt(LEADERSHIP_LOST);
        }
    }

    @Override
    public void close() {
        closing = true;
        CompletableFuture<?> running = election;
        if (running != null) {
            running.cancel(true);
        }
    }
}
