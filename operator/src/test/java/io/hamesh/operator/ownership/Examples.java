package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.InMemoryConsul;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What several tests speak of: cluster {@code west}, where the value {@code services} lists {@code pay}. */
final class Examples {
    static final Instant START = Instant.parse("2026-01-01T10:00:00Z");
    static final Duration KEPT = Duration.ofMinutes(10);
    static final OwnershipSettings SETTINGS =
            new OwnershipSettings("west", Map.of("pay", List.of("shop", "bank")), false, KEPT);
    static final OwnershipSettings GRANTED_ONLY = new OwnershipSettings("west", SETTINGS.listed(), true, KEPT);

    private Examples() {}

    /** As if these Namespaces had the annotation: by name, to whom. */
    static Grants granting(Map<String, List<String>> names) {
        return new Grants() {
            @Override
            public List<String> namespaces(String service) {
                return names.getOrDefault(service, List.of());
            }

            @Override
            public Set<String> services() {
                return names.keySet();
            }
        };
    }

    static Claimant livingSince(String namespace, int minute) {
        return new Claimant(namespace, START.plus(Duration.ofMinutes(minute)));
    }

    /** Who has the name by Consul's word; empty where nobody has. */
    static Optional<Holder> holder(InMemoryConsul consul, String service) {
        return Optional.ofNullable(consul.keys.get(Claim.key(service))).flatMap(pair -> Holder.read(pair.value()));
    }

    static Holder held(String cluster, String... namespaces) {
        return new Holder(cluster, List.of(namespaces), false, START);
    }

    static Holder listed(String cluster, String... namespaces) {
        return new Holder(cluster, List.of(namespaces), true, START);
    }
}
