package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodDNSConfig;

/**
 * Whether a pod's own DNS finds what the cluster's does. Not where its author chose another: then its agent is told where the
 * cluster's is, because a Service's name, as Consul's address has it, resolves nowhere else.
 */
final class PodDns {
    private PodDns() {}

    /** What the installation says about this pod. */
    static MeshSettings settings(MeshSettings mesh, Pod pod) {
        return isTheClusters(pod) ? mesh.withoutDns() : mesh;
    }

    private static boolean isTheClusters(Pod pod) {
        String policy = pod.getSpec().getDnsPolicy();
        PodDNSConfig own = pod.getSpec().getDnsConfig();
        return (policy == null || policy.startsWith("ClusterFirst"))
                && (own == null
                        || (own.getNameservers().isEmpty()
                                && own.getSearches().isEmpty()
                                && own.getOptions().isEmpty()));
    }
}
