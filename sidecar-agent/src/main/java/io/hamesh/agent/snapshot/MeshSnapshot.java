package io.hamesh.agent.snapshot;

import io.hamesh.model.ServiceSettings;
import java.util.List;
import java.util.Optional;

/**
 * One complete state of the mesh for this pod. Never partial: what is missing here is not there.
 *
 * @param roots the CA's certificates, one PEM each, at least one
 * @param upstreams one for each of the pod's own upstreams, in the order written there
 */
public record MeshSnapshot(
        ServiceSettings service,
        PodAddresses pod,
        Leaf leaf,
        List<String> roots,
        TrustDomains trustDomains,
        Policy policy,
        List<UpstreamState> upstreams) {

    public MeshSnapshot {
        roots = List.copyOf(roots);
        upstreams = List.copyOf(upstreams);
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("a snapshot without a CA root verifies nobody");
        }
    }

    /** Whether {@code other} is the same but for the policy. */
    public boolean differsInPolicyAlone(MeshSnapshot other) {
        return new MeshSnapshot(service, pod, leaf, roots, trustDomains, other.policy, upstreams).equals(other);
    }

    /** As it is nearly always: in one trust domain. */
    public MeshSnapshot(
            ServiceSettings service,
            PodAddresses pod,
            Leaf leaf,
            List<String> roots,
            Policy policy,
            List<UpstreamState> upstreams) {
        this(
                service,
                pod,
                leaf,
                roots,
                new TrustDomains(leaf.identity().trustDomain(), Optional.empty()),
                policy,
                upstreams);
    }
}
