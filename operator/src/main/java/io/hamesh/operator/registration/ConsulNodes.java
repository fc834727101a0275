package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.ConsulCatalog;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The synthetic nodes as Consul knows them, so that each is written only on top of what we have seen. */
final class ConsulNodes {
    private final ConsulCatalog catalog;
    private final String cluster;
    private final Map<String, CatalogNode> known = new ConcurrentHashMap<>();

    ConsulNodes(ConsulCatalog catalog, String cluster) {
        this.catalog = catalog;
        this.cluster = cluster;
    }

    /**
     * The node to write, with the index of the one that it replaces.
     *
     * @throws ForeignNodeException if somebody else has a node of that name: an ID-less write would take it over
     */
    CatalogNode onTopOfKnown(CatalogNode wanted) {
        CatalogNode before = known.get(wanted.name());
        if (before == null) {
            Optional<CatalogNode> found = catalog.node(wanted.name());
            if (found.isPresent() && !OwnershipMark.isOn(found.get().meta(), cluster)) {
                throw new ForeignNodeException(wanted.name());
            }
            found.ifPresent(node -> known.put(node.name(), node));
            before = found.orElse(wanted);
        }
        return new CatalogNode(wanted.name(), wanted.address(), wanted.meta(), before.modifyIndex());
    }

    /** After a write that was lost or changed the node: look again next time. */
    void forget(String name) {
        known.remove(name);
    }

    /** Forgets the node unless Consul now has just what we know. */
    void written(CatalogNode node) {
        CatalogNode before = known.get(node.name());
        if (before == null || !before.saysTheSameAs(node)) {
            forget(node.name());
        }
    }

    static final class ForeignNodeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ForeignNodeException(String name) {
            super("Consul already has a node " + name + " that this installation did not write: rename or remove it, or"
                    + " give this cluster another cluster.name");
        }
    }
}
