package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.List;
import java.util.Optional;

/** Looks up ServiceIntentions of the whole cluster. {@link IntentionStore} has them from an informer. */
interface ClusterIntentions {
    /** Those of all namespaces, as the API server last told: may lag behind. */
    List<ServiceIntention> all();

    /** Of {@link #all} those that have this destination. */
    List<ServiceIntention> withDestination(String destination);

    /** Asks the API server for one, as it is now. */
    Optional<ServiceIntention> read(String namespace, String name);
}
