package io.hamesh.agent.snapshot;

import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.util.List;

/**
 * An upstream as Consul knows it now.
 *
 * @param protocol of the service, by its discovery chain
 * @param identity what its endpoints' certificates must say
 * @param endpoints those that Consul calls healthy; kept sorted and distinct, so that equal states are equal
 */
public record UpstreamState(Upstream upstream, Protocol protocol, SpiffeId identity, List<Endpoint> endpoints) {
    public UpstreamState {
        endpoints = endpoints.stream().distinct().sorted().toList();
    }
}
