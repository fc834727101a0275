package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogInstance;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.ownership.Others;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Services that Consul knows from others: instances without our mark, and Consul's own. */
public final class OtherServices implements Others {
    private static final String CONSUL = "consul";

    /** What an administrator may have written for a service before it has an instance. */
    private static final List<String> KINDS = List.of(ConfigEntry.SERVICE_DEFAULTS, ConfigEntry.SERVICE_INTENTIONS);

    private final ConsulCatalog catalog;
    private final ConfigEntries entries;
    private final String cluster;
    private final boolean entriesCount;

    /**
     * Asks nobody yet.
     *
     * @param entriesCount whether a config entry of others makes a name theirs, too: not where whoever comes first has it,
     *     because an administrator may write a service's protocol and intentions before its pods come
     */
    public OtherServices(ConsulCatalog catalog, ConfigEntries entries, String cluster, boolean entriesCount) {
        this.catalog = catalog;
        this.entries = entries;
        this.cluster = cluster;
        this.entriesCount = entriesCount;
    }

    @Override
    public Optional<String> of(String service) {
        if (service.equals(CONSUL)) {
            return Optional.of("it is Consul's own");
        }
        return instance(service).or(() -> entriesCount ? entry(service) : Optional.empty());
    }

    /** Beside instances of ours the name has been ours, whoever else uses it. */
    private Optional<String> instance(String service) {
        List<CatalogInstance> all = catalog.instances(service);
        Predicate<CatalogInstance> ours = instance -> OwnershipMark.isOn(instance.meta(), cluster);
        return all.stream().anyMatch(ours)
                ? Optional.empty()
                : all.stream().findFirst().map(instance -> "instance " + instance.id() + " on node " + instance.node());
    }

    private Optional<String> entry(String service) {
        return KINDS.stream()
                .flatMap(kind -> entries.get(kind, service).stream())
                .filter(entry -> !OwnershipMark.isOn(entry.meta(), cluster))
                .findFirst()
                .map(entry -> "config entry " + entry.kind() + " " + entry.name());
    }
}
