package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hamesh.model.Annotations;
import java.util.List;

/** Injected pods and all nodes as Kubernetes has them now, by an informer each. */
final class ClusterWatch implements AutoCloseable {
    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<Node> nodes;

    /** Watches nothing before {@link #start}. */
    ClusterWatch(KubernetesClient client) {
        pods = client.pods()
                .inAnyNamespace()
                .withLabel(Annotations.INJECTED_LABEL, "true")
                .runnableInformer(0);
        nodes = client.nodes().runnableInformer(0);
    }

    /** Returns once the present is known. */
    void start() {
        nodes.run(); // first: without its node no pod is ready
        pods.run();
    }

    /** Passes on what is there, and from now on each change. */
    void tell(ResourceEventHandler<Node> ofNodes, ResourceEventHandler<Pod> ofPods) {
        nodes.addEventHandler(ofNodes);
        pods.addEventHandler(ofPods);
    }

    List<Pod> pods() {
        return pods.getStore().list();
    }

    List<Node> nodes() {
        return nodes.getStore().list();
    }

    /** Whether there still is that pod, and not only a successor of its name. */
    boolean lives(Pod pod) {
        Pod now = pods.getStore().getByKey(PodKey.of(pod).toString());
        return now != null && PodKey.of(now).equals(PodKey.of(pod));
    }

    boolean nodeExists(String name) {
        return nodes.getStore().getByKey(name) != null;
    }

    boolean nodeIsReady(String name) {
        Node node = nodes.getStore().getByKey(name);
        return node != null && isReady(node);
    }

    static boolean isReady(Node node) {
        return node.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    @Override
    public void close() {
        pods.close();
        nodes.close();
    }
}
