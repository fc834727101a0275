package io.hamesh.agent.snapshot;

import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.util.List;
import java.util.Optional;

/**
 * An upstream as Consul knows it now.
 *
 * @param protocol of the service, by its discovery chain
 * @param identity what its endpoints' certificates must say
 * @param endpoints those that Consul calls healthy; kept sorted and distinct, so that equal states are equal
 * @param redirect where a service-resolver in Consul leads its callers, in words; it is not followed yet
 */
public record UpstreamState(
        Upstream upstream, Protocol protocol, SpiffeId identity, List<Endpoint> endpoints, Optional<String> redirect) {
    public UpstreamState {
        endpoints = endpoints.stream().distinct().sorted().toList();
    }

    /** As it is nearly always: what Consul's chain leads to is the service itself. */
    public UpstreamState(Upstream upstream, Protocol protocol, SpiffeId identity, List<Endpoint> endpoints) {
        this(upstream, protocol, identity, endpoints, Optional.empty());
    }
}
