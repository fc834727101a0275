package io.hamesh.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.operator.intention.Intentions;
import io.hamesh.operator.ownership.Ownership;
import io.hamesh.operator.registration.Registration;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What only the replica that leads does: all that is written to Consul. Started once at most, and ended for good. */
final class LeaderTasks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderTasks.class);

    /** How long to wait for reconcilers that were interrupted: less than a lost lease still lasts. */
    private static final Duration INTERRUPTED = Duration.ofSeconds(2);

    private final Registration registration;
    private final Ownership ownership;
    private final Intentions intentions;
    private final Operator controller;

    /** Virtual threads, because interrupting one ends its call to Consul; a platform thread would read on. */
    private final ExecutorService reconcilers = Executors.newFixedThreadPool(
            ConfigurationService.DEFAULT_RECONCILIATION_THREADS_NUMBER,
            Thread.ofVirtual().name("intention-", 0).factory());

    private volatile @Nullable Thread starting;
    private boolean started;
    private boolean closed;
    private volatile boolean over;

    LeaderTasks(KubernetesClient client, Registration registration, Ownership ownership, Intentions intentions) {
        this.registration = registration;
        this.ownership = ownership;
        this.intentions = intentions;
        // The framework takes no part in the election: it is started only where it is won.
        controller = new Operator(configuration -> configuration
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withExecutorService(reconcilers));
        controller.register(intentions.reconciler());
    }

    /** Returns once all is under way, which may take a while; a failure ends the process, for another to lead. */
    void start() {
        starting = Thread.currentThread();
        try {
            startUnlessClosed();
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.error("the tasks of the leader could not start, leaving", e);
                Runtime.getRuntime().exit(1);
            }
        } finally {
            starting = null;
        }
    }

    private synchronized void startUnlessClosed() {
        if (!closed) {
            started = true;
            registration.start();
            ownership.lead(); // whose pods are all known by now
            controller.start();
            intentions.compareCrd();
        }
    }

    /** Returns once nothing more is written, or {@link #areOver} stays false; at once where nothing ever was. */
    @Override
    public void close() {
        Thread busy = starting;
        if (busy != null) {
            busy.interrupt();
        }
        end();
    }

    private synchronized void end() {
        closed = true;
        boolean ended = true;
        if (started) {
            registration.close();
            ownership.follow();
            controller.stop(); // it interrupts its reconcilers, and does not wait for them
            ended = haveReconcilersEnded();
        }
        over = ended;
    }

    private boolean haveReconcilersEnded() {
        try {
            return reconcilers.awaitTermination(INTERRUPTED.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether nothing more is written, after {@link #close}. */
    boolean areOver() {
        return over;
    }
}
