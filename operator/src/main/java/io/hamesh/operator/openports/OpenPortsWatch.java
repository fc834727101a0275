package io.hamesh.operator.openports;

import io.hamesh.model.Annotations;
import io.hamesh.operator.events.EventRecorder;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.KeyedWorker;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks injected pods which ports their applications hold open beyond loopback, and says when that changes. Holds nothing up;
 * a pod that does not answer is one of which nothing is known.
 */
public final class OpenPortsWatch<P extends AskedPod> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenPortsWatch.class);

    /** A thousand pods that all keep silent take 30 s of a second each, 32 at a time. */
    private static final int TOGETHER = 32;

    private static final Duration TICK = Duration.ofMillis(500);

    /** A round only says whom to ask. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final Supplier<Stream<P>> pods;
    private final Function<String, Optional<OpenPorts>> ask;
    private final Listener<P> listener;
    private final KeyedWorker<P> worker = new KeyedWorker<>(TOGETHER, pod -> {}, this::ask);
    private final Loop loop;

    /** Hears of each pod whose open ports changed. */
    @FunctionalInterface
    public interface Listener<P> {
        /** The rest is for the pod's owner. */
        void changed(P pod, EventRecorder.Type type, String reason, String message);
    }

    /**
     * Asks nobody before {@link #start}.
     *
     * @param pods all that are known
     * @param ask for the open ports of the pod at that address, within about a second
     */
    public OpenPortsWatch(
            Supplier<Stream<P>> pods, Function<String, Optional<OpenPorts>> ask, Listener<P> listener, Health health) {
        this.pods = pods;
        this.ask = ask;
        this.listener = listener;
        this.loop = new Loop("open-ports", SILENCE, this::askWhoIsDue, health);
    }

    public void start() {
        loop.start();
    }

    /** How many pods hold ports open. */
    public long open() {
        return pods.get().filter(pod -> pod.ports().isOpen()).count();
    }

    /** How many pods have not said anything yet. */
    public long silent() {
        return pods.get().filter(pod -> pod.ports().isSilent()).count();
    }

    private Duration askWhoIsDue() {
        pods.get().filter(pod -> pod.ports().isDue()).forEach(worker::submit);
        return TICK;
    }

    private boolean ask(P pod) {
        pod.ports().target().ifPresent(target -> ask.apply(target.ip())
                .filter(pod.ports()::said)
                .ifPresent(now -> tell(pod, now, target.requiresLoopback())));
        return true; // the next one comes anyway
    }

    private void tell(P pod, OpenPorts now, boolean requiresLoopback) {
        LOG.atInfo()
                .addKeyValue("pod", pod.toString())
                .addKeyValue("ports", now.toString())
                .log("open ports changed");
        if (now.isEmpty()) {
            listener.changed(
                    pod,
                    EventRecorder.Type.NORMAL,
                    "LoopbackOnly",
                    "no port of the application is open beyond loopback any more");
        } else {
            listener.changed(pod, EventRecorder.Type.WARNING, "OpenBeyondLoopback", warning(now, requiresLoopback));
        }
    }

    private static String warning(OpenPorts ports, boolean keepsUnready) {
        return "port " + ports + " is open beyond loopback: whoever reaches the pod's address reaches it past the mesh,"
                + " with no identity and no intention; let the application listen on 127.0.0.1, or name a port that"
                + " is meant to be open in " + Annotations.OPEN_PORTS
                + (keepsUnready ? " (" + Annotations.REQUIRE_LOOPBACK + " keeps the pod unready until then)" : "");
    }

    @Override
    public void close() {
        loop.close();
        worker.close();
    }
}
