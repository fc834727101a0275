package io.hamesh.operator.registration;

import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.TxnOperation;
import java.util.List;

/** Writes pods into Consul's catalog and takes them out, each by one transaction, and keeps what came of it in the pod. */
final class CatalogWriter {
    private final ConsulCatalog catalog;
    private final ConsulNodes nodes;

    CatalogWriter(ConsulCatalog catalog, ConsulNodes nodes) {
        this.catalog = catalog;
        this.nodes = nodes;
    }

    /**
     * Writes all of it, or nothing.
     *
     * @param conditions without which nothing is written
     * @return false where a condition does not hold, or the node is not as it was seen last: it is looked at anew then
     * @throws ConsulNodes.ForeignNodeException if the node is somebody else's
     */
    boolean write(TrackedPod pod, PodRegistration wanted, List<TxnOperation> conditions) {
        CatalogNode node = nodes.onTopOfKnown(wanted.node());
        pod.attempts(wanted);
        if (!catalog.commit(wanted.operations(node, conditions))) {
            nodes.forget(node.name()); // another pod of the same node was first
            return false;
        }
        nodes.written(node);
        pod.acknowledged(wanted);
        return true;
    }

    /** Unconditional, and without a look: the ids hold the uid, so never a successor of the same name. */
    void remove(TrackedPod pod, PodRegistration attempted) {
        catalog.commit(attempted.removals());
        pod.removed();
    }
}
