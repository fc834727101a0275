package io.hamesh.operator.openports;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.ContainerNames;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One pod's open ports: where it is asked for them, when next, and what it said. Safe for any number of threads. */
public final class PodPorts {
    /** A pod that can be asked, as far as that matters here. */
    public record Target(String ip, boolean ready, boolean requiresLoopback) {}

    /** When to ask, and how long after that again. */
    private record Slot(long nanos, Duration pause) {
        /** A quarter more or less, so that pods that started together are not asked together for ever. */
        Slot next() {
            double chance = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
            return new Slot(System.nanoTime() + (long) (pause.toNanos() * chance), PERIOD);
        }
    }

    private static final Duration PERIOD = Duration.ofSeconds(15);

    /** An application begins to listen some time after its container started. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private @Nullable Target target;
    private @Nullable Slot due;
    private @Nullable OpenPorts known;

    /** Whether the pod's HAProxy can be asked: it runs, and the pod is not going. */
    public static boolean canBeAsked(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus() != null
                && pod.getStatus().getPodIP() != null
                && !pod.getStatus().getPodIP().isEmpty()
                && pod.getStatus().getInitContainerStatuses().stream()
                        .filter(status -> status.getName().equals(ContainerNames.HAPROXY))
                        .map(ContainerStatus::getStarted)
                        .anyMatch(Boolean.TRUE::equals);
    }

    /** Asks there from now on, at once where it changed; where it is empty, nowhere, and what was said is forgotten. */
    public synchronized void asked(Optional<Target> now) {
        if (now.isEmpty()) {
            target = null;
            due = null;
            known = null;
        } else if (!now.get().equals(target)) {
            target = now.get();
            due = new Slot(System.nanoTime(), SOON);
        }
    }

    synchronized Optional<Target> target() {
        return Optional.ofNullable(target);
    }

    /** Whether it is time to ask; then not again before its next time. */
    synchronized boolean isDue() {
        boolean isDue = due != null && due.nanos() - System.nanoTime() <= 0;
        if (isDue && due != null) {
            due = due.next();
        }
        return isDue;
    }

    /** The pod said this; whether that is another than before. No news where nobody asks any more. */
    public synchronized boolean said(OpenPorts now) {
        if (target == null) {
            return false; // it went while we asked
        }
        OpenPorts before = known();
        known = now;
        return !now.equals(before);
    }

    /** What the pod last said; nothing for one that never said. */
    public synchronized OpenPorts known() {
        return known == null ? OpenPorts.NONE : known;
    }

    synchronized boolean isOpen() {
        return !known().isEmpty();
    }

    /** Whether it is asked, and has not said anything yet. */
    synchronized boolean isSilent() {
        return target != null && known == null;
    }
}
