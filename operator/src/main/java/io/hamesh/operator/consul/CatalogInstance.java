package io.hamesh.operator.consul;

import java.util.Map;

/** An instance of a service, or a proxy in front of one, wherever in the catalog it stands. */
public record CatalogInstance(String node, String id, Map<String, String> meta) {
    public CatalogInstance {
        meta = Map.copyOf(meta);
    }
}
