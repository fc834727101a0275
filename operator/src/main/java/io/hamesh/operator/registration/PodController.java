package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.health.InFlight;
import io.hamesh.operator.work.KeyedWorker;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has pods reconciled whenever something changed on which their registration depends: several together, each on its own. */
final class PodController implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodController.class);
    private static final int WRITES_TOGETHER = 8;

    /** Shorter than the pause that a stopping application gets by default: its callers must hear of its end in time. */
    private static final Duration CAPACITY_PATIENCE = Duration.ofSeconds(2);

    private final TrackedPods pods;
    private final WantedRegistrations wanted;
    private final AddedCapacity capacity;
    private final PodReconciler reconciler;
    private final InFlight inFlight;
    private final KeyedWorker<TrackedPod> worker =
            new KeyedWorker<>(WRITES_TOGETHER, this::awaitCapacity, this::reconcile);

    /**
     * Does nothing before it is told of a pod.
     *
     * @param inFlight sees each pod that is being reconciled
     */
    PodController(
            TrackedPods pods,
            WantedRegistrations wanted,
            AddedCapacity capacity,
            PodReconciler reconciler,
            InFlight inFlight) {
        this.pods = pods;
        this.wanted = wanted;
        this.capacity = capacity;
        this.reconciler = reconciler;
        this.inFlight = inFlight;
    }

    /** Kubernetes shows the pod in another way than before. */
    void changed(TrackedPod pod) {
        noteCapacity(pod);
        worker.submit(pod);
    }

    /** Kubernetes shows the pod no more. */
    void gone(TrackedPod pod) {
        pod.gone();
        capacity.settled(pod);
        worker.submit(pod);
    }

    /** Drops pods whose end was not seen. */
    void retain(Predicate<Pod> lives) {
        pods.all()
                .filter(pod -> pod.shown().filter(now -> !lives.test(now.pod())).isPresent())
                .forEach(this::gone);
    }

    /** The readiness of that Kubernetes node changed, and with it that of its pods. */
    void nodeChanged(String node) {
        pods.onNode(node).forEach(this::changed);
    }

    /** The service has another owner, or none any more. */
    void ownerChanged(String service) {
        pods.ofService(service).forEach(this::judgeAgain);
    }

    /** Something besides the pod changed what should stand in Consul, or what stands there. */
    void judgeAgain(TrackedPod pod) {
        worker.submit(pod);
    }

    private void noteCapacity(TrackedPod pod) {
        wanted.of(pod)
                .filter(now -> now.isPassing() && !pod.isPassing())
                .ifPresentOrElse(now -> capacity.coming(pod, now.service().name()), () -> capacity.settled(pod));
    }

    /** Before a deregistration; what registers or changes does not wait. */
    private void awaitCapacity(TrackedPod pod) throws InterruptedException {
        Optional<PodRegistration> before = pod.attempted();
        if (before.isEmpty() || wanted.of(pod).isPresent()) {
            return;
        }
        String service = before.get().service().name();
        if (!capacity.await(service, CAPACITY_PATIENCE)) {
            LOG.atWarn()
                    .addKeyValue("pod", pod.toString())
                    .addKeyValue("service", service)
                    .log("deregistering before its successors are registered");
        }
    }

    private boolean reconcile(TrackedPod pod) {
        boolean done = inFlight.track(pod, () -> reconciler.reconcile(pod));
        if (done && pods.forgotten(pod)) {
            capacity.settled(pod); // whatever somebody noted of it while it went
        }
        return done;
    }

    @Override
    public void close() {
        worker.close();
    }
}
