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

    /**
     * Refuses a pod whose agent could never find Consul: its own DNS does not know Services, Consul's address is one, and
     * the operator does not know the cluster's DNS either.
     */
    static void check(MeshSettings mesh, Pod pod, Problems problems) {
        if (!isTheClusters(pod) && mesh.dns().isEmpty() && isService(host(mesh.consulAddress()))) {
            String field = pod.getSpec().getDnsConfig() == null ? "spec.dnsPolicy" : "spec.dnsConfig";
            problems.add(
                    field,
                    "the sidecars find Consul at " + mesh.consulAddress() + " by the cluster's DNS alone: leave "
                            + field + " out, or have the operator run with dnsPolicy ClusterFirst");
        }
    }

    private static String host(String address) {
        return address.replaceFirst("^https?://", "").replaceFirst("/.*$", "").replaceFirst(":[0-9]+$", "");
    }

    /** NAME or NAME.NAMESPACE, or longer; an IP address and a host with a domain of its own are none. */
    private static boolean isService(String host) {
        boolean isAddress = host.startsWith("[") || host.matches("[0-9.]+");
        return !isAddress && (host.chars().filter(c -> c == '.').count() < 2 || (host + ".").contains(".svc."));
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
