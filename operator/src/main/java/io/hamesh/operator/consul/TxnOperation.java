package io.hamesh.operator.consul;

/** One step of a transaction; all of its steps happen or none. */
public sealed interface TxnOperation {
    /** Writes the node if it still is as of its index; index 0 creates, and only creates. */
    record SetNode(CatalogNode node) implements TxnOperation {}

    /** Deletes the node with all that is on it, if the node itself still is as of its index. */
    record DeleteNode(CatalogNode node) implements TxnOperation {}

    record SetService(String node, CatalogService service) implements TxnOperation {}

    /** Deletes the instance and its checks, if it still is as of its index. */
    record DeleteService(String node, CatalogService service) implements TxnOperation {}

    /** Deletes the instance of that id and its checks, whatever has become of it; where there is none, does nothing. */
    record RemoveService(String node, CatalogService service) implements TxnOperation {}

    record SetCheck(String node, CatalogCheck check) implements TxnOperation {}

    /** Writes nothing: the key has to be there, as of that index, or none of the other steps happens. */
    record CheckKey(String key, long modifyIndex) implements TxnOperation {}
}
