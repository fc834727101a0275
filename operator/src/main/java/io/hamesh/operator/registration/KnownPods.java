package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.OwnershipMark;
import io.hamesh.model.Protocol;
import io.hamesh.operator.ownership.Claimant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The pods that were seen and live, and what should stand in Consul for each. */
final class KnownPods {
    private final Map<PodKey, Pod> pods = new ConcurrentHashMap<>();
    private final String cluster;
    private final PodNames names;
    private final PodNews news;
    private final Predicate<String> nodeIsReady;
    private final Function<PodKey, OpenPorts> openPorts;

    /** @see PodRegistrar#PodRegistrar */
    KnownPods(
            String cluster,
            PodNames names,
            PodNews news,
            Predicate<String> nodeIsReady,
            Function<PodKey, OpenPorts> openPorts) {
        this.cluster = cluster;
        this.names = names;
        this.news = news;
        this.nodeIsReady = nodeIsReady;
        this.openPorts = openPorts;
    }

    void remember(Pod pod) {
        pods.put(PodKey.of(pod), pod);
    }

    void forget(PodKey key) {
        pods.remove(key);
    }

    Optional<Pod> find(PodKey key) {
        return Optional.ofNullable(pods.get(key));
    }

    boolean contains(PodKey key) {
        return pods.containsKey(key);
    }

    List<PodKey> onNode(String node) {
        return keys(pod -> node.equals(pod.getSpec().getNodeName()));
    }

    List<PodKey> ofService(String service) {
        return keys(pod -> names.service(pod).filter(service::equals).isPresent());
    }

    List<Pod> that(Predicate<Pod> condition) {
        return pods.values().stream().filter(condition).toList();
    }

    /** Whether the service's claim has ended, and no pod lives on its name. */
    boolean hasEnded(String service) {
        return names.isFree(service) && ofService(service).isEmpty();
    }

    private List<PodKey> keys(Predicate<Pod> condition) {
        return that(condition).stream().map(PodKey::of).toList();
    }

    /** What the living pods of that service speak, unregistered ones included; clients and copies say nothing. */
    Set<Protocol> spoken(String service) {
        return that(pod -> names.service(pod).filter(service::equals).isPresent() && names.allows(pod)).stream()
                .filter(pod -> Copies.original(pod).isEmpty())
                .flatMap(pod -> PodRegistration.spoken(pod).stream())
                .collect(Collectors.toSet());
    }

    /** As what lives on services' names. */
    Map<String, List<Claimant>> claimants() {
        return names.claimants(pods.values());
    }

    /** What should stand in Consul now, by pod. */
    Map<PodKey, PodRegistration> wanted() {
        Map<PodKey, PodRegistration> wanted = new HashMap<>();
        pods.keySet().forEach(key -> wanted(key).ifPresent(registration -> wanted.put(key, registration)));
        return wanted;
    }

    /** What should stand in Consul for one; nothing for a pod that is gone, a client, or not ours to register. */
    Optional<PodRegistration> wanted(PodKey key) {
        Pod pod = pods.get(key);
        if (pod == null) {
            return Optional.empty();
        }
        try {
            String node = pod.getSpec().getNodeName();
            return PodRegistration.of(pod, node != null && nodeIsReady.test(node), openPorts.apply(key))
                    .filter(registration -> isOurs(key, registration) && isOriginal(key, pod) && names.allows(pod));
        } catch (IllegalArgumentException e) {
            news.notRegistered(key, "the injected containers make no sense: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean isOriginal(PodKey key, Pod pod) {
        Optional<String> original = Copies.original(pod);
        original.ifPresent(name -> news.copyTakesNoTraffic(key, name));
        return original.isEmpty();
    }

    /** What another installation registers under its own mark, nobody else may touch, or remove. */
    private boolean isOurs(PodKey key, PodRegistration registration) {
        Map<String, String> meta = registration.service().meta();
        boolean ours = OwnershipMark.isOn(meta, cluster);
        if (!ours) {
            news.notRegistered(
                    key,
                    "injected for the cluster.name "
                            + OwnershipMark.cluster(meta).orElse("") + ", and this operator serves " + cluster
                            + ": create the pod anew to have it registered");
        }
        return ours;
    }
}
