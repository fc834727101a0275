package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the catalog with the pods at the start, each minute, and whenever there is a cause. */
final class SweepLoop implements Loop.Body {
    private static final Logger LOG = LoggerFactory.getLogger(SweepLoop.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** While the catalog changes all the time, comparing it takes a quarter of it, or more if it takes over 20 s. */
    private static final int PAUSE_TO_SWEEP = 3;

    private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

    private final SweepTrigger trigger;
    private final PodController controller;
    private final Predicate<Pod> lives;
    private final CatalogSweep sweep;

    /**
     * Compares nothing before {@link #first}.
     *
     * @param lives whether Kubernetes still has that pod
     */
    SweepLoop(SweepTrigger trigger, PodController controller, Predicate<Pod> lives, CatalogSweep sweep) {
        this.trigger = trigger;
        this.controller = controller;
        this.lives = lives;
        this.sweep = sweep;
    }

    /** One comparison, once there is a cause. */
    @Override
    public Duration round() throws InterruptedException {
        Cause cause = trigger.await(EVERY);
        long start = System.nanoTime();
        return swept(cause) ? pauseAfter(Duration.ofNanos(System.nanoTime() - start)) : RETRY;
    }

    /** The comparison at the start, before any round. If it fails, the first round is the next try. */
    void first() {
        trigger.begunUnasked();
        try {
            boolean unused = swept(Cause.BACK);
        } catch (RuntimeException e) {
            LOG.error("catalog not compared, trying again", e);
        }
    }

    static Duration pauseAfter(Duration sweep) {
        Duration pause = LEAST_PAUSE.plus(sweep.multipliedBy(PAUSE_TO_SWEEP));
        return pause.compareTo(EVERY) < 0 ? pause : EVERY;
    }

    /** Whether Consul answered; if not, or after an exception, the next comparison is for {@link Cause#BACK}. */
    private boolean swept(Cause cause) {
        boolean done = false;
        try {
            controller.retain(lives);
            sweep.run(cause);
            done = true;
        } catch (ConsulException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("catalog not compared, trying again");
        } finally {
            if (!done) {
                trigger.fire(Cause.BACK);
            }
        }
        return done;
    }
}
