package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the catalog with the pods each minute, and whenever there is a cause. */
final class SweepLoop implements Loop.Body {
    private static final Logger LOG = LoggerFactory.getLogger(SweepLoop.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** While the catalog changes all the time, comparing it takes at most a quarter of it. */
    private static final int PAUSE_TO_SWEEP = 3;

    private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

    private final SweepTrigger trigger;
    private final PodController controller;
    private final Predicate<Pod> lives;
    private final CatalogSweep sweep;

    /**
     * Compares nothing before its first round, or {@link #swept}.
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
        if (swept(cause)) {
            long took = System.nanoTime() - start;
            return LEAST_PAUSE.plusNanos(PAUSE_TO_SWEEP * took);
        }
        trigger.fire(Cause.BACK);
        return RETRY;
    }

    /** Once; whether Consul answered. */
    boolean swept(Cause cause) {
        try {
            controller.retain(lives);
            sweep.run(cause);
            return true;
        } catch (ConsulException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("catalog not compared, trying again");
            return false;
        } catch (RuntimeException e) {
            LOG.error("catalog not compared, trying again", e);
            return false;
        }
    }
}
