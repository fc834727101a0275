package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.Action;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.ownership.Pins;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says which intentions allow a service as an exact source, and so pin its name: ServiceIntentions, and entries that
 * somebody wrote into Consul.
 */
final class AllowedSources implements Pins, ConfigEntryWatch.Follower {
    private final ConfigEntries consul;
    private final ClusterIntentions intentions;
    private final String cluster;

    /** Consul's entries as last seen. Good enough to say who allows a service, not to say that nobody does. */
    private volatile List<ConfigEntry> seen = List.of();

    AllowedSources(ConfigEntries consul, ClusterIntentions intentions, String cluster) {
        this.consul = consul;
        this.intentions = intentions;
        this.cluster = cluster;
    }

    @Override
    public void fresh(List<ConfigEntry> entries) {
        seen = entries;
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> entries) {
        seen = entries;
    }

    /** Asks Consul before it says that nobody does: an entry may have been written a moment ago. */
    @Override
    public List<String> of(String service) {
        List<String> found = among(seen, service);
        return found.isEmpty() ? among(consul.list(ConfigEntry.SERVICE_INTENTIONS), service) : found;
    }

    private List<String> among(List<ConfigEntry> entries, String service) {
        Stream<String> ours = intentions.all().stream()
                .filter(intention -> !intention.isMarkedForDeletion())
                .filter(intention -> allows(intention, service))
                .map(intention -> words(EntryOwner.of(intention, cluster)));
        Stream<String> inConsul =
                entries.stream().filter(entry -> allows(entry, service)).map(this::words);
        return Stream.concat(ours, inConsul).distinct().toList();
    }

    private static boolean allows(ServiceIntention intention, String service) {
        return IntentionMapping.sources(intention).stream()
                .filter(source -> service.equals(source.name()))
                .anyMatch(source -> source.action() != Action.DENY);
    }

    private static boolean allows(ConfigEntry entry, String service) {
        return entry.fields().get("Sources") instanceof List<?> sources
                && sources.stream().anyMatch(source -> source instanceof Map<?, ?> fields && allows(fields, service));
    }

    /** One of a peer or a sameness group is another service. Permissions allow in part, which is enough. */
    private static boolean allows(Map<?, ?> source, String service) {
        boolean isLocal = Stream.of("Peer", "SamenessGroup")
                .allMatch(field -> source.get(field) == null || "".equals(source.get(field)));
        return isLocal
                && service.equals(source.get("Name"))
                && !Action.DENY.word().equals(source.get("Action"));
    }

    private String words(ConfigEntry entry) {
        return switch (EntryOwner.of(entry)) {
            case EntryOwner.Intention owner -> words(owner);
            default -> "service-intentions " + entry.name() + " in Consul";
        };
    }

    private String words(EntryOwner.Intention owner) {
        String name = "ServiceIntention " + owner.namespace() + "/" + owner.name();
        return owner.cluster().equals(cluster) ? name : name + " of cluster " + owner.cluster();
    }
}
