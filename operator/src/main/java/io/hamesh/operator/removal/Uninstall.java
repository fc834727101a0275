package io.hamesh.operator.removal;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Deletable;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Ends the operator's work in the cluster so that nothing is left that waits for it: the chart's pre-delete hook. What
 * running pods live on, in Consul and as ServiceIntentions, stays.
 */
public final class Uninstall {
    private static final String OPERATOR = "hamesh-operator";
    private static final String WEBHOOKS = "hamesh";
    private static final List<String> SECRETS = List.of("hamesh-webhook-tls");
    private static final List<String> LEASES = List.of("hamesh-operator");
    private static final ResourceDefinitionContext INTENTIONS =
            CustomResourceDefinitionContext.fromCustomResourceType(ServiceIntention.class);

    /** More than the operator's grace period; a pod on a node that is lost does not end at all. */
    private static final Duration OPERATOR_STOPS = Duration.ofSeconds(45);

    /** The API server asks a webhook for a moment more after its configuration is gone. */
    private static final Duration WEBHOOK_FORGOTTEN = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;

    private final KubernetesClient client;
    private final String namespace;
    private final Consumer<String> out;

    /**
     * @param namespace of the release
     * @param out is told each step, a line each
     */
    public Uninstall(KubernetesClient client, String namespace, Consumer<String> out) {
        this.client = client;
        this.namespace = namespace;
        this.out = out;
    }

    /**
     * In this order: an operator that runs would put the rest back, and a webhook that nobody answers would refuse the
     * intentions' update.
     *
     * @throws KubernetesClientException where a step fails; those before it need not be undone, and all may be run again
     */
    public void run() throws InterruptedException {
        stopOperator();
        removeWebhooks();
        releaseIntentions();
        removeState();
    }

    private void stopOperator() {
        var deployment = client.apps().deployments().inNamespace(namespace).withName(OPERATOR);
        Deployment found = deployment.get();
        if (found == null) {
            out.accept("operator: not there");
            return;
        }
        deployment.scale(0);
        boolean gone = arePodsGone(found.getSpec().getSelector().getMatchLabels());
        out.accept(
                gone
                        ? "operator: stopped"
                        : "operator: told to stop, but after " + OPERATOR_STOPS.toSeconds()
                                + " s a pod of it is still there (is its node lost?); going on");
    }

    private boolean arePodsGone(Map<String, String> labels) {
        var pods = client.pods().inNamespace(namespace).withLabels(labels);
        var empty = pods.informOnCondition(List::isEmpty);
        try {
            empty.get(OPERATOR_STOPS.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } finally {
            empty.cancel(true);
        }
    }

    private void removeWebhooks() {
        var admission = client.admissionRegistration().v1();
        admission.mutatingWebhookConfigurations().withName(WEBHOOKS).delete();
        admission.validatingWebhookConfigurations().withName(WEBHOOKS).delete();
        out.accept("webhooks: removed; annotated pods start outside of the mesh from now on");
    }

    private void releaseIntentions() throws InterruptedException {
        int released = 0;
        for (GenericKubernetesResource intention : intentions()) {
            if (intention.hasFinalizer(ServiceIntention.FINALIZER)) {
                release(intention);
                released++;
            }
        }
        out.accept("ServiceIntentions: " + released + " kept, and no longer held back by the operator's finalizer");
    }

    private List<GenericKubernetesResource> intentions() {
        try {
            return client.genericKubernetesResources(INTENTIONS)
                    .inAnyNamespace()
                    .list()
                    .getItems();
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return List.of(); // their definition is gone already
            }
            throw e;
        }
    }

    private void release(GenericKubernetesResource intention) throws InterruptedException {
        var resource = client.genericKubernetesResources(INTENTIONS)
                .inNamespace(intention.getMetadata().getNamespace())
                .withName(intention.getMetadata().getName());
        Instant end = Instant.now().plus(WEBHOOK_FORGOTTEN);
        while (true) {
            try {
                resource.edit(now -> {
                    now.removeFinalizer(ServiceIntention.FINALIZER);
                    return now;
                });
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() == NOT_FOUND) {
                    return;
                }
                if (e.getCode() < SERVER_ERROR || Instant.now().isAfter(end)) {
                    throw e;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private void removeState() {
        SECRETS.forEach(name ->
                remove("Secret", name, client.secrets().inNamespace(namespace).withName(name)));
        LEASES.forEach(name ->
                remove("Lease", name, client.leases().inNamespace(namespace).withName(name)));
    }

    private void remove(String kind, String name, Deletable object) {
        boolean wasThere = !object.delete().isEmpty();
        out.accept(kind + " " + name + (wasThere ? ": removed" : ": not there"));
    }
}
