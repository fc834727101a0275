package io.hamesh.operator.intention;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.work.Loop;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Keeps all ServiceIntentions of the cluster in memory, by destination. Its informer is not the controller's: the
 * webhook needs the intentions on every replica, and the controller runs on one.
 */
final class IntentionStore implements ClusterIntentions, AutoCloseable {
    private static final String BY_DESTINATION = "destination";

    private final KubernetesClient client;
    private final SharedIndexInformer<ServiceIntention> informer;

    IntentionStore(KubernetesClient client) {
        this.client = client;
        this.informer =
                client.resources(ServiceIntention.class).inAnyNamespace().runnableInformer(0);
        informer.addIndexers(Map.of(BY_DESTINATION, intention -> IntentionMapping.destination(intention).stream()
                .toList()));
        informer.exceptionHandler((started, error) -> true); // try again, for ever
    }

    /** Tries for as long as it takes; the future completes once all intentions are known. */
    CompletableFuture<Void> start() {
        return informer.start().toCompletableFuture();
    }

    boolean isKnown() {
        return informer.hasSynced();
    }

    @Override
    public void close() {
        informer.stop();
    }

    @Override
    public List<ServiceIntention> all() {
        return informer.getStore().list();
    }

    @Override
    public List<ServiceIntention> withDestination(String destination) {
        return informer.getIndexer().byIndex(BY_DESTINATION, destination);
    }

    @Override
    public Optional<ServiceIntention> read(String namespace, String name) {
        try {
            return Optional.ofNullable(client.resources(ServiceIntention.class)
                    .inNamespace(namespace)
                    .withName(name)
                    .get());
        } finally {
            Loop.signOfLife();
        }
    }

    /** Tells {@code listener} of each intention that comes, is marked for deletion, or goes. */
    void onComingAndGoing(Consumer<ServiceIntention> listener) {
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(ServiceIntention added) {
                listener.accept(added);
            }

            @Override
            public void onUpdate(ServiceIntention before, ServiceIntention after) {
                if (before.isMarkedForDeletion() != after.isMarkedForDeletion()) {
                    listener.accept(after);
                }
            }

            @Override
            public void onDelete(ServiceIntention deleted, boolean finalStateUnknown) {
                listener.accept(deleted);
            }
        });
    }
}
