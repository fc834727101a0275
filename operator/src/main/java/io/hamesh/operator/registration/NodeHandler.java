package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/** Has the pods of a node judged again when the node's readiness changed. */
final class NodeHandler implements ResourceEventHandler<Node> {
    private final PodController controller;

    NodeHandler(PodController controller) {
        this.controller = controller;
    }

    @Override
    public void onAdd(Node node) {
        controller.nodeChanged(node.getMetadata().getName());
    }

    @Override
    public void onUpdate(Node before, Node after) {
        if (ClusterWatch.isReady(before) != ClusterWatch.isReady(after)) {
            controller.nodeChanged(after.getMetadata().getName());
        }
    }

    @Override
    public void onDelete(Node node, boolean finalStateUnknown) {
        controller.nodeChanged(node.getMetadata().getName());
    }
}
