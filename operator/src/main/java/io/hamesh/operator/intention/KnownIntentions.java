package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import java.util.List;
import java.util.Optional;

/** All intentions of the cluster. */
interface KnownIntentions {
    /** In all namespaces, as of the last news from the API server: may lag behind. */
    List<ServiceIntention> withDestination(String destination);

    /** As the API server has it now. */
    Optional<ServiceIntention> read(String namespace, String name);
}
