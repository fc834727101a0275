package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.PodOrigin;

/**
 * A way past injection, as if the webhook had not been there: pods with one label are not shown to it. Other tests' pods
 * still are.
 */
record PastTheWebhook(Kubectl kubectl) implements AutoCloseable {
    private static final String LABEL = "past-the-webhook";

    static PastTheWebhook open(Scene scene) {
        PastTheWebhook past = new PastTheWebhook(scene.kubectl());
        past.select("{\"matchExpressions\": [{\"key\": \"" + LABEL + "\", \"operator\": \"DoesNotExist\"}]}");
        return past;
    }

    /** The pod, invisible to the webhook. */
    Pod hidden(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(LABEL, "true")
                .endMetadata()
                .build();
    }

    /** A pod with the other's sidecars, settings and label, as somebody could write it by hand. */
    Pod forged(String name, RunningPod other) {
        Pod injected = other.now();
        return hidden(new PodBuilder(injected)
                .withNewMetadata()
                .withName(name)
                .withLabels(injected.getMetadata().getLabels())
                .endMetadata()
                .withStatus(null)
                .editSpec()
                .withNodeName(null)
                .withEphemeralContainers()
                // Left as it was, it would make the pod a copy, which takes no traffic.
                .editMatchingInitContainer(container -> container.getName().equals(ContainerNames.AGENT))
                .editMatchingEnv(variable -> variable.getName().equals(PodOrigin.VARIABLE))
                .withValue(name)
                .endEnv()
                .endInitContainer()
                .endSpec()
                .build());
    }

    @Override
    public void close() {
        select("{}");
    }

    private void select(String selector) {
        kubectl.run(
                        "patch",
                        "mutatingwebhookconfiguration",
                        "hamesh",
                        "--type=json",
                        "-p",
                        "[{\"op\": \"add\", \"path\": \"/webhooks/0/objectSelector\", \"value\": " + selector + "}]")
                .expectSuccess();
    }
}
