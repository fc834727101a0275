package io.hamesh.operator.removal;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.consul.TxnOperation;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import io.hamesh.operator.ownership.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Removes from Consul what one installation wrote there, known by its mark, and nothing else. Pods that are still in the
 * mesh lose it: first the intentions that allow them, then their registrations, then the claims of their names.
 */
public final class Purge {
    /** Intentions first: Consul may refuse to change the protocol of a service that has some. */
    private static final List<String> KINDS = List.of(ConfigEntry.SERVICE_INTENTIONS, ConfigEntry.SERVICE_DEFAULTS);

    private final ConsulCatalog catalog;
    private final ConfigEntries entries;
    private final KeyValues keys;
    private final String cluster;
    private final Consumer<String> out;

    /**
     * @param cluster the installation's {@code cluster.name}
     * @param out is told each thing that is found or removed, a line each
     */
    public Purge(ConsulCatalog catalog, ConfigEntries entries, KeyValues keys, String cluster, Consumer<String> out) {
        this.catalog = catalog;
        this.entries = entries;
        this.keys = keys;
        this.cluster = cluster;
        this.out = out;
    }

    /** One thing in Consul; {@code remove} tells whether it is gone, or somebody changed it meanwhile. */
    private record Found(String what, BooleanSupplier remove) {}

    /** Tells what would go, and returns how much that is. */
    public int preview() {
        List<Found> all = find();
        all.forEach(each -> out.accept("would remove " + each.what()));
        return all.size();
    }

    /**
     * Removes it.
     *
     * @return whether nothing is left; not so where an operator still runs and puts things back
     */
    public boolean run() {
        boolean isClean = true;
        for (Found each : find()) {
            boolean isGone = each.remove().getAsBoolean();
            out.accept(isGone ? "removed " + each.what() : "changed meanwhile, not removed: " + each.what());
            isClean &= isGone;
        }
        return isClean;
    }

    private List<Found> find() {
        List<Found> all = new ArrayList<>();
        KINDS.forEach(kind -> entries.list(kind).stream()
                .filter(entry -> OwnershipMark.isOn(entry.meta(), cluster))
                .map(this::entry)
                .forEach(all::add));
        catalog.nodesWith(OwnershipMark.of(cluster)).forEach(node -> all.addAll(node(node)));
        keys.keys(Ownership.KEY_PREFIX, 0, Duration.ZERO).value().stream()
                .filter(pair -> Ownership.isClaimOf(pair, cluster))
                .map(pair -> new Found("claim " + pair.key(), () -> keys.deleteCas(pair)))
                .forEach(all::add);
        return all;
    }

    private Found entry(ConfigEntry entry) {
        return new Found(
                entry.kind() + " " + entry.name(),
                () -> entries.deleteCas(entry.kind(), entry.name(), entry.modifyIndex()));
    }

    /** What somebody else registered on our node stays, and with it the node. */
    private List<Found> node(CatalogNode node) {
        List<CatalogService> services = catalog.services(node.name());
        List<CatalogService> ours = services.stream()
                .filter(service -> OwnershipMark.isOn(service.meta(), cluster))
                .toList();
        Stream<Found> found = ours.stream().map(service -> service(node, service));
        return ours.size() == services.size()
                ? Stream.concat(found, Stream.of(new Found("node " + node.name(), () -> commit(new DeleteNode(node)))))
                        .toList()
                : found.toList();
    }

    private Found service(CatalogNode node, CatalogService service) {
        return new Found(
                "service " + service.name() + " (" + service.id() + ")",
                () -> commit(new DeleteService(node.name(), service)));
    }

    private boolean commit(TxnOperation operation) {
        return catalog.commit(List.of(operation));
    }
}
