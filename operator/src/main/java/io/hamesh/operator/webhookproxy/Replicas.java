package io.hamesh.operator.webhookproxy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.stream.Stream;

/** Tells {@link WebhookProxy} where the other replicas are. Whether each answers, HAProxy sees for itself. */
public final class Replicas implements AutoCloseable {
    /** By the chart's labels, and by this port: an operator of a release before this one takes reviews elsewhere. */
    private static final String LABEL = "app.kubernetes.io/component";

    private static final String OPERATOR = "operator";
    private static final String PORT_NAME = "reviews";

    private final String own;
    private final WebhookProxy proxy;
    private final SharedIndexInformer<Pod> pods;

    /**
     * Nothing happens before {@link #start}.
     *
     * @param own the name of this pod
     */
    public Replicas(KubernetesClient client, String namespace, String own, WebhookProxy proxy) {
        this.own = own;
        this.proxy = proxy;
        this.pods =
                client.pods().inNamespace(namespace).withLabel(LABEL, OPERATOR).runnableInformer(0);
    }

    /** Returns at once. */
    public void start() {
        pods.addEventHandler(new Changed());
        pods.start().thenRun(this::tell);
    }

    @Override
    public void close() {
        pods.stop();
    }

    /** An informer that has not seen all knows too few. */
    private void tell() {
        if (pods.hasSynced()) {
            proxy.replicas(addresses(own, pods.getStore().list()));
        }
    }

    static List<String> addresses(String own, List<Pod> pods) {
        return pods.stream()
                .filter(pod -> !pod.getMetadata().getName().equals(own))
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(Replicas::takesReviews)
                .flatMap(pod -> Stream.ofNullable(pod.getStatus().getPodIP()))
                .toList();
    }

    private static boolean takesReviews(Pod pod) {
        return "Running".equals(pod.getStatus().getPhase())
                && pod.getSpec().getContainers().stream()
                        .flatMap(container -> container.getPorts().stream())
                        .anyMatch(port -> PORT_NAME.equals(port.getName()));
    }

    private final class Changed implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            tell();
        }

        @Override
        public void onUpdate(Pod before, Pod after) {
            tell();
        }

        @Override
        public void onDelete(Pod pod, boolean finalStateUnknown) {
            tell();
        }
    }
}
