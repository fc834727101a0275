package io.hamesh.operator.registration;

import io.hamesh.model.Annotations;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks injected pods which ports their applications hold open beyond loopback, and tells people when that changes. Registers
 * nothing and holds nothing up; a pod that does not answer is one of which nothing is known.
 */
final class OpenPortsWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenPortsWatch.class);

    /** A thousand pods that all keep silent take 30 s of a second each, 32 at a time. */
    private static final int TOGETHER = 32;

    private static final Duration TICK = Duration.ofMillis(500);

    private final TrackedPods pods;
    private final Function<String, Optional<OpenPorts>> ask;
    private final PodEvents events;
    private final Consumer<TrackedPod> changed;
    private final KeyedWorker<TrackedPod> worker = new KeyedWorker<>(TOGETHER, pod -> {}, this::ask);
    private final Thread clock = Thread.ofVirtual().name("open-ports").unstarted(this::keepAsking);

    /**
     * Asks nobody before {@link #start}.
     *
     * @param ask for the open ports of the pod at that address, within about a second
     * @param changed told when the open ports of a pod changed
     */
    OpenPortsWatch(
            TrackedPods pods,
            Function<String, Optional<OpenPorts>> ask,
            PodEvents events,
            Consumer<TrackedPod> changed) {
        this.pods = pods;
        this.ask = ask;
        this.events = events;
        this.changed = changed;
    }

    void start() {
        clock.start();
    }

    /** How many pods hold ports open. */
    long open() {
        return pods.all().filter(pod -> pod.ports().isOpen()).count();
    }

    /** How many pods have not said anything yet. */
    long silent() {
        return pods.all().filter(pod -> pod.ports().isSilent()).count();
    }

    private void keepAsking() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                pods.all().filter(pod -> pod.ports().isDue()).forEach(worker::submit);
                Thread.sleep(TICK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ask(TrackedPod pod) {
        pod.ports().target().ifPresent(target -> ask.apply(target.ip())
                .filter(pod.ports()::said)
                .ifPresent(now -> tell(pod, now, target.requiresLoopback())));
        return true; // the next one comes anyway
    }

    private void tell(TrackedPod pod, OpenPorts now, boolean requiresLoopback) {
        LOG.atInfo()
                .addKeyValue("pod", pod.toString())
                .addKeyValue("ports", now.toString())
                .log("open ports changed");
        if (now.isEmpty()) {
            events.normal(pod, "LoopbackOnly", "no port of the application is open beyond loopback any more");
        } else {
            events.warning(pod, "OpenBeyondLoopback", warning(now, requiresLoopback));
        }
        changed.accept(pod);
    }

    private static String warning(OpenPorts ports, boolean keepsUnready) {
        return "port " + ports + " is open beyond loopback: whoever reaches the pod's address reaches it past the mesh,"
                + " with no identity and no intention; let the application listen on 127.0.0.1, or name a port that"
                + " is meant to be open in " + Annotations.OPEN_PORTS
                + (keepsUnready ? " (" + Annotations.REQUIRE_LOOPBACK + " keeps the pod unready until then)" : "");
    }

    @Override
    public void close() {
        clock.interrupt();
        worker.close();
    }
}
