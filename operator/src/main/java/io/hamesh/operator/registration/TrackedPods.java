package io.hamesh.operator.registration;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.ownership.Claimant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pods that Kubernetes shows, and those that went and may still stand in Consul. */
final class TrackedPods {
    private final Map<PodKey, TrackedPod> pods = new ConcurrentHashMap<>();
    private final String cluster;

    /**
     * Knows none yet.
     *
     * @param cluster whose pods are ours
     */
    TrackedPods(String cluster) {
        this.cluster = cluster;
    }

    /** Kubernetes shows a pod so now. */
    TrackedPod show(Pod pod) {
        return pods.compute(PodKey.of(pod), (key, before) -> {
            TrackedPod tracked = before == null ? new TrackedPod(key, cluster) : before;
            tracked.show(pod);
            return tracked;
        });
    }

    Optional<TrackedPod> find(PodKey key) {
        return Optional.ofNullable(pods.get(key));
    }

    /** Whether the pod was over, and is tracked no more. */
    boolean forgotten(TrackedPod pod) {
        return pods.computeIfPresent(pod.key(), (key, tracked) -> tracked.isOver() ? null : tracked) == null;
    }

    Stream<TrackedPod> all() {
        return pods.values().stream();
    }

    /** Those that Kubernetes shows. */
    Stream<TrackedPod> shown() {
        return all().filter(TrackedPod::isShown);
    }

    List<TrackedPod> onNode(String node) {
        return all().filter(pod -> pod.shown().filter(now -> now.isOn(node)).isPresent())
                .toList();
    }

    List<TrackedPod> ofService(String service) {
        return all().filter(pod -> pod.service().filter(service::equals).isPresent())
                .toList();
    }

    /** As what lives on services' names. */
    Map<String, List<Claimant>> claimants() {
        return all().flatMap(pod -> pod.shown().stream())
                .filter(pod -> pod.service().isPresent())
                .collect(groupingBy(pod -> pod.service().orElseThrow(), mapping(ShownPod::claimant, toList())));
    }

    /** What Consul acknowledged for each pod so far. */
    Map<TrackedPod, PodRegistration> acknowledged() {
        Map<TrackedPod, PodRegistration> acknowledged = new HashMap<>();
        all().forEach(pod -> pod.written().ifPresent(registration -> acknowledged.put(pod, registration)));
        return acknowledged;
    }

    /** How many pods stand in Consul, as far as we know. */
    int registered() {
        return (int) all().filter(pod -> pod.written().isPresent()).count();
    }

    /** The ids of everything that may stand in Consul by our doing, what is on its way out included. */
    Set<String> ids() {
        return all().flatMap(pod -> pod.attempted().stream())
                .flatMap(registration -> registration.services().stream())
                .map(CatalogService::id)
                .collect(Collectors.toSet());
    }
}
