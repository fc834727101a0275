package io.hamesh.agent.consul;

import io.hamesh.model.Protocol;
import java.util.Optional;

/**
 * What matters of Consul's compiled discovery chain.
 *
 * @param protocol the service's; tcp where Consul names one that is not known here
 * @param named the protocol in Consul's own word
 * @param plain whether the chain leads to the service itself: no router, splitter, redirect or failover
 * @param redirect where a service-resolver leads instead, in words: another service, or another datacenter
 */
record DiscoveryChain(Protocol protocol, String named, boolean plain, Optional<String> redirect) {}
