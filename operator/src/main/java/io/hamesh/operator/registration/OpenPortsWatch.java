package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Annotations;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ContainerNames;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks injected pods which ports their applications hold open beyond loopback, and tells people when that changes. Registers
 * nothing and holds nothing up; a pod that does not answer is one of which nothing is known.
 */
final class OpenPortsWatch implements AutoCloseable {
    /** What a watched pod is, as far as it matters here. */
    private record Watched(String ip, boolean ready, boolean requiresLoopback) {}

    /** When to ask, and how long after that again. */
    private record Slot(long nanos, Duration pause) {
        /** A quarter more or less, so that pods that started together are not asked together for ever. */
        Slot next() {
            double chance = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
            return new Slot(System.nanoTime() + (long) (pause.toNanos() * chance), PERIOD);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(OpenPortsWatch.class);

    /** A thousand pods that all keep silent take 30 s of a second each, 32 at a time. */
    private static final int TOGETHER = 32;

    private static final Duration PERIOD = Duration.ofSeconds(15);

    /** An application begins to listen some time after its container started. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final Duration TICK = Duration.ofMillis(500);

    private final String cluster;
    private final Function<String, Optional<OpenPorts>> ask;
    private final PodEvents events;
    private final Consumer<PodKey> changed;
    private final Map<PodKey, Watched> pods = new ConcurrentHashMap<>();
    private final Map<PodKey, Slot> due = new ConcurrentHashMap<>();
    private final Map<PodKey, OpenPorts> known = new ConcurrentHashMap<>();
    private final KeyedWorker<PodKey> worker = new KeyedWorker<>(TOGETHER, key -> {}, this::ask);
    private final Thread clock = Thread.ofVirtual().name("open-ports").unstarted(this::keepAsking);

    /**
     * Asks nobody before {@link #start}.
     *
     * @param cluster whose pods are ours
     * @param ask for the open ports of the pod at that address, within about a second
     * @param changed told when the open ports of a pod changed
     */
    OpenPortsWatch(
            String cluster, Function<String, Optional<OpenPorts>> ask, PodEvents events, Consumer<PodKey> changed) {
        this.cluster = cluster;
        this.ask = ask;
        this.events = events;
        this.changed = changed;
    }

    void start() {
        clock.start();
    }

    /** Watches the pod once its HAProxy serves, and asks at once when its readiness changed. */
    void changed(Pod pod) {
        PodKey key = PodKey.of(pod);
        Optional<Watched> now = watched(pod);
        if (now.isEmpty()) {
            gone(key);
            return;
        }
        Watched before = pods.put(key, now.get());
        if (!now.get().equals(before)) {
            due.put(key, new Slot(System.nanoTime(), SOON));
        }
    }

    void gone(PodKey key) {
        pods.remove(key);
        due.remove(key);
        known.remove(key);
    }

    /** What the pod last said; nothing for one that never said. */
    OpenPorts of(PodKey key) {
        return known.getOrDefault(key, OpenPorts.NONE);
    }

    /** How many pods hold ports open. */
    long open() {
        return known.values().stream().filter(ports -> !ports.isEmpty()).count();
    }

    /** How many pods have not said anything yet. */
    long silent() {
        return pods.keySet().stream().filter(key -> !known.containsKey(key)).count();
    }

    private Optional<Watched> watched(Pod pod) {
        if (!isServing(pod)) {
            return Optional.empty();
        }
        try {
            BootstrapSettings settings = PodRegistration.settings(pod);
            return settings.cluster().equals(cluster)
                    ? Optional.of(new Watched(
                            pod.getStatus().getPodIP(),
                            Readiness.of(pod, true).isReady(),
                            settings.service().requireLoopback()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // registration tells its owner
        }
    }

    private static boolean isServing(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getPodIP() != null
                && !pod.getStatus().getPodIP().isEmpty()
                && pod.getStatus().getInitContainerStatuses().stream()
                        .filter(status -> status.getName().equals(ContainerNames.HAPROXY))
                        .map(ContainerStatus::getStarted)
                        .anyMatch(Boolean.TRUE::equals);
    }

    private void keepAsking() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long now = System.nanoTime();
                due.forEach((key, slot) -> {
                    if (slot.nanos() - now <= 0 && due.replace(key, slot, slot.next())) {
                        worker.submit(key);
                    }
                });
                Thread.sleep(TICK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ask(PodKey key) {
        Watched pod = pods.get(key);
        if (pod != null) {
            ask.apply(pod.ip()).ifPresent(ports -> learnt(key, pod, ports));
        }
        return true; // the next one comes anyway
    }

    private void learnt(PodKey key, Watched pod, OpenPorts now) {
        if (!pods.containsKey(key)) {
            return; // it went while we asked
        }
        OpenPorts before = known.put(key, now);
        if (now.equals(before == null ? OpenPorts.NONE : before)) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("pod", key.toString())
                .addKeyValue("ports", now.toString())
                .log("open ports changed");
        if (now.isEmpty()) {
            events.normal(key, "LoopbackOnly", "no port of the application is open beyond loopback any more");
        } else {
            events.warning(key, "OpenBeyondLoopback", warning(now, pod.requiresLoopback()));
        }
        changed.accept(key);
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
