package io.hamesh.operator.consul;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An instance of a service on a node.
 *
 * @param proxy set on a {@code connect-proxy}, empty on the service itself
 * @param modifyIndex what a compare-and-delete names; 0 for an instance that is yet to be written
 */
public record CatalogService(
        String id,
        String name,
        String address,
        int port,
        List<String> tags,
        Map<String, String> meta,
        Optional<ProxyOf> proxy,
        long modifyIndex) {
    public CatalogService {
        tags = List.copyOf(tags);
        meta = Map.copyOf(meta);
    }

    /** Whether everything but the index is the same. */
    public boolean saysTheSameAs(CatalogService other) {
        return withIndex(0).equals(other.withIndex(0));
    }

    private CatalogService withIndex(long index) {
        return new CatalogService(id, name, address, port, tags, meta, proxy, index);
    }

    /** What a {@code connect-proxy} stands in front of. */
    public record ProxyOf(String serviceName, String serviceId, int localPort) {}
}
