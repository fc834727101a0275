package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.openports.AskedPod;
import io.hamesh.operator.openports.PodPorts;
import io.hamesh.operator.registration.StartWatch.Start;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one pod, from its first sight until neither Kubernetes shows it nor Consul may hold it. Safe for any
 * number of threads.
 */
final class TrackedPod implements AskedPod {
    private final PodKey key;
    private final String cluster;
    private final PodPorts ports = new PodPorts();
    private @Nullable ShownPod shown;

    /** What Consul holds for it, as far as we know. */
    private @Nullable PodRegistration written;

    /** What it may hold: a write whose answer got lost may have happened, and has to be taken back all the same. */
    private @Nullable PodRegistration attempted;

    /** The service that it is about to give one more passing endpoint. */
    private @Nullable String addsTo;

    /** Since when it waits for its sidecars, until its owner was told. */
    private @Nullable Start start;

    /** The Event that its owner got last. */
    private String lastEvent = "";

    /** Its owner was told that Consul does not take its registration now. */
    private boolean waits;

    /** What its owner was told of its upstreams' redirects. */
    private Set<String> redirects = Set.of();

    /** How often it was written again because Consul had lost it, since the last minute began. */
    private int repairs;

    /**
     * Knows none yet.
     *
     * @param cluster whose pods are ours
     */
    TrackedPod(PodKey key, String cluster) {
        this.key = key;
        this.cluster = cluster;
    }

    PodKey key() {
        return key;
    }

    /** Kubernetes shows it so now. */
    synchronized void show(Pod pod) {
        ShownPod now = ShownPod.of(pod, cluster);
        shown = now;
        start = Start.of(now).orElse(null);
        ports.asked(now.portsTarget());
    }

    /** Kubernetes shows it no more. */
    synchronized void gone() {
        shown = null;
        start = null;
        lastEvent = "";
        waits = false;
        redirects = Set.of();
        ports.asked(Optional.empty());
    }

    /** Empty once it is gone. */
    synchronized Optional<ShownPod> shown() {
        return Optional.ofNullable(shown);
    }

    boolean isShown() {
        return shown().isPresent();
    }

    /** The service that it is; empty once it is gone, and for another installation's pod. */
    Optional<String> service() {
        return shown().flatMap(ShownPod::service);
    }

    @Override
    public PodPorts ports() {
        return ports;
    }

    synchronized Optional<PodRegistration> written() {
        return Optional.ofNullable(written);
    }

    synchronized Optional<PodRegistration> attempted() {
        return Optional.ofNullable(attempted);
    }

    boolean isPassing() {
        return written().filter(PodRegistration::isPassing).isPresent();
    }

    /** From now on Consul may hold this. */
    synchronized void attempts(PodRegistration registration) {
        attempted = registration;
    }

    synchronized void acknowledged(PodRegistration registration) {
        written = registration;
    }

    synchronized void removed() {
        written = null;
        attempted = null;
    }

    /** Consul was seen to hold this, which counts where nothing is known better: a newer state may have been written since. */
    synchronized void found(PodRegistration registration) {
        if (shown != null) {
            attempted = attempted == null ? registration : attempted;
            written = written == null ? registration : written;
        }
    }

    /** Consul was seen not to hold this any more; no news where another was written since. */
    synchronized void lost(PodRegistration registration) {
        if (registration.equals(written)) {
            written = null;
        }
    }

    /** Whether there is nothing left to know, and nothing to do. */
    synchronized boolean isOver() {
        return shown == null && attempted == null;
    }

    /** The service to which it is about to add an endpoint from now on; what it was before. */
    synchronized Optional<String> addsTo(Optional<String> service) {
        String before = addsTo;
        addsTo = service.orElse(null);
        return Optional.ofNullable(before);
    }

    /** Since when it waits, if that is not after {@code latest}; once. */
    synchronized Optional<Start> takeStart(Instant latest) {
        Optional<Start> overdue =
                Optional.ofNullable(start).filter(each -> !each.since().isAfter(latest));
        if (overdue.isPresent()) {
            start = null;
        }
        return overdue;
    }

    /** Whether its owner was not told just this the last time; from now on it was. */
    synchronized boolean isNews(String event) {
        boolean isNews = !event.equals(lastEvent);
        lastEvent = event;
        return isNews;
    }

    synchronized boolean waits() {
        return waits;
    }

    /** Whether it waited for Consul before. */
    synchronized boolean waits(boolean now) {
        boolean before = waits;
        waits = now;
        return before;
    }

    /** What its owner is told of its upstreams' redirects from now on; what he was told before. */
    synchronized Set<String> redirects(Set<String> now) {
        Set<String> before = redirects;
        redirects = Set.copyOf(now);
        return before;
    }

    /** One more repair; how many those are by now. */
    synchronized int repaired() {
        return ++repairs;
    }

    synchronized void forgetRepairs() {
        repairs = 0;
    }

    @Override
    public String toString() {
        return key.toString();
    }
}
