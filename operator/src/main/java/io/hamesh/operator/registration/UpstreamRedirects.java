package io.hamesh.operator.registration;

import io.hamesh.model.Annotations;
import io.hamesh.model.Upstream;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells each pod that has an upstream which Consul redirects elsewhere: sidecars do not follow that yet. */
final class UpstreamRedirects implements ConfigEntryWatch.Follower {
    /** A redirect's fields that say where to, and how a person says it. */
    private static final List<Map.Entry<String, String>> PARTS = List.of(
            Map.entry("Service", "service "),
            Map.entry("ServiceSubset", "subset "),
            Map.entry("Datacenter", "datacenter "),
            Map.entry("Peer", "peer "));

    private final TrackedPods pods;
    private final PodEvents events;

    /** Where to, by the service that is redirected. */
    private volatile Map<String, String> redirects = Map.of();

    UpstreamRedirects(TrackedPods pods, PodEvents events) {
        this.pods = pods;
        this.events = events;
    }

    @Override
    public void fresh(List<ConfigEntry> resolvers) {
        Map<String, String> now = new HashMap<>();
        resolvers.forEach(resolver -> target(resolver).ifPresent(target -> now.put(resolver.name(), target)));
        redirects = Map.copyOf(now);
        pods.shown().forEach(this::changed);
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> resolvers) {
        if (!names.isEmpty()) {
            fresh(resolvers);
        }
    }

    /** A pod came, or changed. */
    void changed(TrackedPod pod) {
        Set<String> now = upstreams(pod)
                .flatMap(upstream -> Optional.ofNullable(redirects.get(upstream.service())).stream()
                        .map(target -> words(upstream.service(), target)))
                .collect(Collectors.toSet());
        Set<String> before = pod.redirects(now);
        now.stream()
                .filter(words -> !before.contains(words))
                .sorted()
                .forEach(words -> events.warning(pod, "UpstreamRedirected", words));
    }

    private static Stream<Upstream> upstreams(TrackedPod pod) {
        return pod.shown().flatMap(ShownPod::settings).stream()
                .flatMap(settings -> settings.service().upstreams().stream());
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
