package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ContainerNames;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells the owners of pods that do not start what these wait for. Nothing of a pod changes while it waits, so that nothing but
 * the time shows it.
 */
final class StartWatch implements AutoCloseable {
    /** Since when a pod's sidecars run, and whom its agent asks. */
    private record Waiting(Instant since, String consulAddress) {}

    /** Ten times what a start takes on a busy node. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration TICK = Duration.ofSeconds(2);

    private final String cluster;
    private final PodEvents events;
    private final InstantSource clock;
    private final Map<PodKey, Waiting> waiting = new ConcurrentHashMap<>();
    private final Thread ticker = Thread.ofVirtual().name("start-watch").unstarted(this::keepLooking);

    /**
     * Looks at nothing before {@link #start}.
     *
     * @param cluster whose pods are ours
     */
    StartWatch(String cluster, PodEvents events, InstantSource clock) {
        this.cluster = cluster;
        this.events = events;
        this.clock = clock;
    }

    void start() {
        ticker.start();
    }

    void changed(Pod pod) {
        PodKey key = PodKey.of(pod);
        Optional<Waiting> now = waiting(pod);
        if (now.isPresent()) {
            waiting.put(key, now.get());
        } else {
            gone(key);
        }
    }

    void gone(PodKey key) {
        waiting.remove(key);
    }

    /** Tells each pod once that has waited for too long. */
    void look() {
        Instant latest = clock.instant().minus(PATIENCE);
        waiting.forEach((key, pod) -> {
            if (!pod.since().isAfter(latest) && waiting.remove(key, pod)) {
                events.warning(
                        key,
                        "WaitsForConsul",
                        "the application starts once the sidecars have all that they need from Consul at "
                                + pod.consulAddress() + ", and after " + PATIENCE.toSeconds()
                                + " s they have not. What is missing, and why: kubectl logs " + key.name() + " -c "
                                + ContainerNames.AGENT);
            }
        });
    }

    /** HAProxy runs, has nothing to serve yet, and keeps all containers after it from starting. */
    private Optional<Waiting> waiting(Pod pod) {
        if (pod.getStatus() == null
                || !"Pending".equals(pod.getStatus().getPhase())
                || pod.getMetadata().getDeletionTimestamp() != null) {
            return Optional.empty();
        }
        return pod.getStatus().getInitContainerStatuses().stream()
                .filter(status -> status.getName().equals(ContainerNames.HAPROXY))
                .filter(status -> !Boolean.TRUE.equals(status.getStarted()))
                .flatMap(status -> since(status).stream())
                .findFirst()
                .flatMap(since -> settings(pod).map(settings -> new Waiting(since, settings.consulAddress())));
    }

    private static Optional<Instant> since(ContainerStatus status) {
        return Optional.ofNullable(status.getState())
                .flatMap(state -> Optional.ofNullable(state.getRunning()))
                .flatMap(running -> Optional.ofNullable(running.getStartedAt()))
                .map(Instant::parse);
    }

    private Optional<BootstrapSettings> settings(Pod pod) {
        try {
            return Optional.of(PodRegistration.settings(pod))
                    .filter(settings -> settings.cluster().equals(cluster));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // registration tells its owner
        }
    }

    private void keepLooking() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(TICK);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ticker.interrupt();
    }
}
