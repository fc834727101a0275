package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What Consul's catalog holds on nodes under our mark. */
final class MarkedCatalog {
    private static final String KUBERNETES_NODE = "k8s-node";

    private final ConsulCatalog catalog;
    private final String cluster;
    private final Predicate<String> nodeExists;

    /**
     * Asks nobody yet.
     *
     * @param cluster the installation's {@code cluster.name}
     * @param nodeExists whether there is a Kubernetes node of that name
     */
    MarkedCatalog(ConsulCatalog catalog, String cluster, Predicate<String> nodeExists) {
        this.catalog = catalog;
        this.cluster = cluster;
        this.nodeExists = nodeExists;
    }

    /** What stands on one of our nodes; services by id. */
    record Held(CatalogNode node, Map<String, CatalogService> services, Set<CatalogCheck> checks) {
        private static Held of(CatalogNode node, List<CatalogService> services, List<CatalogCheck> checks) {
            Map<String, CatalogService> byId = services.stream().collect(Collectors.toMap(CatalogService::id, s -> s));
            return new Held(node, byId, Set.copyOf(checks));
        }

        boolean holds(PodRegistration wanted) {
            return node.saysTheSameAs(wanted.node())
                    && wanted.services().stream().allMatch(this::holds)
                    && checks.containsAll(wanted.checks());
        }

        private boolean holds(CatalogService wanted) {
            CatalogService there = services.get(wanted.id());
            return there != null && there.saysTheSameAs(wanted);
        }
    }

    /** All of it, now. */
    List<Held> read() {
        return catalog.nodesWith(OwnershipMark.of(cluster)).stream()
                .map(node -> Held.of(node, catalog.services(node.name()), catalog.checks(node.name())))
                .toList();
    }

    /** Those under our mark that none of the ids names; what others have on our nodes is not ours to judge. */
    List<CatalogService> strays(Held held, Set<String> ids) {
        return held.services().values().stream()
                .filter(service -> OwnershipMark.isOn(service.meta(), cluster))
                .filter(service -> !ids.contains(service.id()))
                .toList();
    }

    /** A lost compare-and-delete means that somebody is at it: the next sweep looks again. */
    boolean remove(CatalogNode node, CatalogService stray) {
        return catalog.commit(List.of(new DeleteService(node.name(), stray)));
    }

    /** Removes a node that is empty by now, unless Kubernetes still has it. */
    void removeIfOver(CatalogNode node) {
        if (!nodeExists.test(node.meta().getOrDefault(KUBERNETES_NODE, ""))) {
            catalog.commit(List.of(new DeleteNode(node)));
        }
    }
}
