package io.hamesh.agent.consul;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Roots;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Something to ask Consul for, and how to read the answer.
 *
 * @param resource what it is, in words for a log
 * @param path below the API's root, with its own parameters; a service's name needs no escaping (see ServiceName)
 */
record ConsulQuery<T>(String resource, String path, Decoder<T> decoder) {
    interface Decoder<T> {
        /** Reads the whole answer; throws where it is not what Consul documents. */
        T decode(InputStream body) throws IOException;
    }

    /** The service's certificate and key. Consul renews them and answers this query anew, in good time. */
    static ConsulQuery<Leaf> leaf(String service) {
        return new ConsulQuery<>("leaf", "/v1/agent/connect/ca/leaf/" + service, in -> Decoders.leaf(in, service));
    }

    /** The CA's roots, and the trust domain by which one Consul is told from another. */
    static ConsulQuery<Roots> roots() {
        return new ConsulQuery<>("roots", "/v1/connect/ca/roots", Decoders::roots);
    }

    // Consistent reads: a Consul that has just restarted names a leader while it has only a part of what it knew, and a
    // part of the intentions would cut open streams.

    /** Who may call {@code service}. */
    static ConsulQuery<RankedIntentions> intentions(String service) {
        return new ConsulQuery<>(
                "intentions",
                "/v1/connect/intentions/match?by=destination&consistent&name=" + service,
                in -> RankedIntentions.of(Decoders.intentions(in, service)));
    }

    /** What {@code service} speaks; a service that nobody registered has a chain, too. */
    static ConsulQuery<DiscoveryChain> discoveryChain(String service) {
        return new ConsulQuery<>(
                "discovery chain of " + service,
                "/v1/discovery-chain/" + service + "?consistent",
                Decoders::discoveryChain);
    }

    /** Where the sidecars of {@code service} listen, the healthy ones. */
    static ConsulQuery<List<Endpoint>> endpoints(String service) {
        return new ConsulQuery<>(
                "endpoints of " + service,
                "/v1/health/connect/" + service + "?passing&consistent",
                Decoders::endpoints);
    }
}
