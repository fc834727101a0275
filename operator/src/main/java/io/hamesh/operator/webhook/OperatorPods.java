package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Whether all that may be asked compares the path. A pod of a release before this one knows the plain paths alone. */
final class OperatorPods {
    /** On the pods, by the chart. Not in our own domain: those annotations are an application's. */
    static final String ANNOTATION = "operator.hamesh.io/webhook-path";

    private static final String DEPLOYMENT = "hamesh-operator";
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");

    private final KubernetesClient client;
    private final String namespace;

    OperatorPods(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** The Deployment, too: a rollback changes it before it starts a pod. One that ends may still be asked. */
    boolean allCompareThePath() {
        Stream<ObjectMeta> pods = client
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/component", "operator")
                .list()
                .getItems()
                .stream()
                .filter(pod -> !isOver(pod))
                .map(Pod::getMetadata);
        Stream<ObjectMeta> template = Stream.ofNullable(client.apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName(DEPLOYMENT)
                        .get())
                .map(deployment -> deployment.getSpec().getTemplate().getMetadata());
        return Stream.concat(pods, template).allMatch(OperatorPods::comparesThePath);
    }

    private static boolean isOver(Pod pod) {
        return pod.getStatus() != null
                && OVER.contains(String.valueOf(pod.getStatus().getPhase()));
    }

    private static boolean comparesThePath(ObjectMeta metadata) {
        Map<String, String> annotations = metadata.getAnnotations();
        return annotations != null && annotations.containsKey(ANNOTATION);
    }
}
