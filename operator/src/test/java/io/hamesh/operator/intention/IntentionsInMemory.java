package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Intentions as the informer has them, and, which may differ, as the API server has them. */
final class IntentionsInMemory implements ClusterIntentions {
    final List<ServiceIntention> informed = new ArrayList<>();
    final List<ServiceIntention> stored = new ArrayList<>();

    void add(ServiceIntention intention) {
        informed.add(intention);
        stored.add(intention);
    }

    @Override
    public List<ServiceIntention> all() {
        return List.copyOf(informed);
    }

    @Override
    public List<ServiceIntention> withDestination(String destination) {
        return informed.stream()
                .filter(intention -> IntentionMapping.destination(intention)
                        .filter(destination::equals)
                        .isPresent())
                .toList();
    }

    @Override
    public Optional<ServiceIntention> read(String namespace, String name) {
        return stored.stream()
                .filter(intention -> intention.getMetadata().getNamespace().equals(namespace)
                        && intention.getMetadata().getName().equals(name))
                .findFirst();
    }
}
