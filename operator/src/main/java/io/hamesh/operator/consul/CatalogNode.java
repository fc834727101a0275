package io.hamesh.operator.consul;

import java.util.Map;

/**
 * A node of the catalog.
 *
 * @param modifyIndex what a compare-and-set names; 0 for a node that does not exist yet
 */
public record CatalogNode(String name, String address, Map<String, String> meta, long modifyIndex) {
    public CatalogNode {
        meta = Map.copyOf(meta);
    }

    /** Whether everything but the index is the same. */
    public boolean saysTheSameAs(CatalogNode other) {
        return name.equals(other.name) && address.equals(other.address) && meta.equals(other.meta);
    }
}
