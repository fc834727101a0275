package io.hamesh.operator.registration;

import java.util.Map;

/** The metadata by which an installation knows what it wrote itself; nothing without it is ever touched. */
public final class OwnershipMark {
    static final String MANAGED_BY = "managed-by";
    static final String CLUSTER = "hamesh-cluster";

    private static final String US = "hamesh";

    private OwnershipMark() {}

    public static Map<String, String> of(String cluster) {
        return Map.of(MANAGED_BY, US, CLUSTER, cluster);
    }

    public static boolean isOn(Map<String, String> meta, String cluster) {
        return US.equals(meta.get(MANAGED_BY)) && cluster.equals(meta.get(CLUSTER));
    }
}
