package io.hamesh.operator.consul;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Consul's catalog. Every call blocks its thread and throws {@link ConsulUnavailableException} or {@link
 * ConsulRefusedException}.
 */
public interface ConsulCatalog {
    int MAX_OPERATIONS = 128;

    /** The node of that name, or empty where there is none. */
    Optional<CatalogNode> node(String name);

    /** All nodes that carry each of these metadata pairs. */
    List<CatalogNode> nodesWith(Map<String, String> meta);

    /** Every service instance on that node; none where the node is not known. */
    List<CatalogService> services(String node);

    /** Every instance of that service on any node, and each proxy in front of it, whatever its health. */
    List<CatalogInstance> instances(String service);

    /** Every check of a service on that node; none where the node is not known. */
    List<CatalogCheck> checks(String node);

    /**
     * The names of the services on nodes that carry each of these metadata pairs, answered as soon as an instance on one of
     * them came, went or was written since {@code index}, or after {@code wait}.
     *
     * @param index of the answer before; 0 answers at once
     */
    Watched<List<String>> watchServices(Map<String, String> nodeMeta, long index, Duration wait);

    /** The checks on such nodes, answered as soon as any check in the catalog is newer, or after {@code wait}. */
    Watched<List<CatalogCheck>> watchChecks(Map<String, String> nodeMeta, long index, Duration wait);

    /**
     * Does all of {@code operations} or none.
     *
     * @return false if a compare-and-set lost, and nothing was written
     * @throws IllegalArgumentException for more than {@value #MAX_OPERATIONS} operations
     */
    boolean commit(List<TxnOperation> operations);
}
