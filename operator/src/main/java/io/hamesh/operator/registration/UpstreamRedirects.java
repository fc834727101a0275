package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Annotations;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.Upstream;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Tells each pod that has an upstream which Consul redirects elsewhere: sidecars do not follow that yet. */
final class UpstreamRedirects implements ConfigEntryWatch.Follower {
    /** A redirect's fields that say where to, and how a person says it. */
    private static final List<Map.Entry<String, String>> PARTS = List.of(
            Map.entry("Service", "service "),
            Map.entry("ServiceSubset", "subset "),
            Map.entry("Datacenter", "datacenter "),
            Map.entry("Peer", "peer "));

    private final String cluster;
    private final PodEvents events;
    private final Supplier<Collection<Pod>> pods;

    /** Where to, by the service that is redirected. */
    private volatile Map<String, String> redirects = Map.of();

    /** What each pod was told, so that it is told again only of something else. */
    private final Map<PodKey, Set<String>> told = new ConcurrentHashMap<>();

    /** @param pods all injected pods that are known now */
    UpstreamRedirects(String cluster, PodEvents events, Supplier<Collection<Pod>> pods) {
        this.cluster = cluster;
        this.events = events;
        this.pods = pods;
    }

    @Override
    public void fresh(List<ConfigEntry> resolvers) {
        Map<String, String> now = new HashMap<>();
        resolvers.forEach(resolver -> target(resolver).ifPresent(target -> now.put(resolver.name(), target)));
        redirects = Map.copyOf(now);
        pods.get().forEach(this::changed);
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> resolvers) {
        if (!names.isEmpty()) {
            fresh(resolvers);
        }
    }

    /** A pod came, or changed. */
    void changed(Pod pod) {
        Set<String> now = upstreams(pod).stream()
                .flatMap(upstream -> Optional.ofNullable(redirects.get(upstream.service())).stream()
                        .map(target -> words(upstream.service(), target)))
                .collect(Collectors.toCollection(HashSet::new));
        PodKey key = PodKey.of(pod);
        Set<String> before = Optional.ofNullable(now.isEmpty() ? told.remove(key) : told.put(key, now))
                .orElse(Set.of());
        now.stream()
                .filter(words -> !before.contains(words))
                .sorted()
                .forEach(words -> events.warning(key, "UpstreamRedirected", words));
    }

    void gone(PodKey key) {
        told.remove(key);
    }

    private List<Upstream> upstreams(Pod pod) {
        Map<String, String> env = PodRegistration.environment(pod);
        if (!cluster.equals(env.get(BootstrapSettings.CLUSTER))) {
            return List.of();
        }
        try {
            return BootstrapSettings.fromEnvironment(env).service().upstreams();
        } catch (IllegalArgumentException e) {
            return List.of(); // registration tells the pod so
        }
    }

    private static Optional<String> target(ConfigEntry resolver) {
        List<String> parts = new ArrayList<>();
        if (resolver.fields().get("Redirect") instanceof Map<?, ?> redirect) {
            for (var part : PARTS) {
                if (redirect.get(part.getKey()) instanceof String name && !name.isEmpty()) {
                    parts.add(part.getValue() + name);
                }
            }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", parts));
    }

    private static String words(String upstream, String target) {
        return "upstream " + upstream + ": Consul's service-resolver " + upstream + " redirects it to " + target
                + ", which sidecars do not follow yet: without endpoints of its own it is answered 503. Remove the"
                + " redirect, or name another service in " + Annotations.UPSTREAMS;
    }
}
