package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.ContainerNames;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Tells the owners of pods that do not start what these wait for. Nothing of a pod changes while it waits, so that
 * nothing but the time shows it.
 */
final class StartWatch implements Loop.Body {
    /** Since when a pod's sidecars run and have nothing to serve yet, and whom its agent asks. */
    record Start(Instant since, String consulAddress) {
        /** HAProxy runs, has nothing to serve yet, and keeps all containers after it from starting. */
        static Optional<Start> of(ShownPod shown) {
            Pod pod = shown.pod();
            if (pod.getStatus() == null || !"Pending".equals(pod.getStatus().getPhase()) || shown.isGoing()) {
                return Optional.empty();
            }
            return pod.getStatus().getInitContainerStatuses().stream()
                    .filter(status -> status.getName().equals(ContainerNames.HAPROXY))
                    .filter(status -> !Boolean.TRUE.equals(status.getStarted()))
                    .flatMap(status -> since(status).stream())
                    .findFirst()
                    .flatMap(since -> shown.settings().map(settings -> new Start(since, settings.consulAddress())));
        }

        private static Optional<Instant> since(ContainerStatus status) {
            return Optional.ofNullable(status.getState())
                    .flatMap(state -> Optional.ofNullable(state.getRunning()))
                    .flatMap(running -> Optional.ofNullable(running.getStartedAt()))
                    .map(Instant::parse);
        }
    }

    /** Ten times what a start takes on a busy node. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration TICK = Duration.ofSeconds(2);

    private final TrackedPods pods;
    private final PodEvents events;
    private final InstantSource clock;

    /** Looks at nothing before its first round. */
    StartWatch(TrackedPods pods, PodEvents events, InstantSource clock) {
        this.pods = pods;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public Duration round() {
        look();
        return TICK;
    }

    /** Tells each pod once that has waited for too long. */
    void look() {
        Instant latest = clock.instant().minus(PATIENCE);
        pods.all().forEach(pod -> pod.takeStart(latest).ifPresent(start -> tell(pod, start)));
    }

    private void tell(TrackedPod pod, Start start) {
        events.warning(
                pod,
                "WaitsForConsul",
                "the application starts once the sidecars have all that they need from Consul at "
                        + start.consulAddress() + ", and after " + PATIENCE.toSeconds()
                        + " s they have not. What is missing, and why: kubectl logs "
                        + pod.key().name() + " -c "
                        + ContainerNames.AGENT);
    }
}
