package io.hamesh.model;

import java.util.Map;
import java.util.Optional;

/**
 * The metadata by which an installation knows what it wrote itself into Consul; nothing without it is ever touched. Read by the
 * operator alone.
 */
public final class OwnershipMark {
    /** Users' own metadata may not have this key. */
    public static final String MANAGED_BY = "managed-by";

    public static final String HAMESH = "hamesh";

    private static final String CLUSTER = "hamesh-cluster";

    private OwnershipMark() {}

    /**
     * What the installation writes with each thing of its own.
     *
     * @param cluster its {@code cluster.name}
     */
    public static Map<String, String> of(String cluster) {
        return Map.of(MANAGED_BY, HAMESH, CLUSTER, cluster);
    }

    public static boolean isOn(Map<String, String> meta, String cluster) {
        return HAMESH.equals(meta.get(MANAGED_BY)) && cluster.equals(meta.get(CLUSTER));
    }

    /** Which installation wrote this; empty where none did. */
    public static Optional<String> cluster(Map<String, String> meta) {
        return HAMESH.equals(meta.get(MANAGED_BY)) ? Optional.of(meta.getOrDefault(CLUSTER, "")) : Optional.empty();
    }
}
