package io.hamesh.operator.removal;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogInstance;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.KeyValue;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.consul.TxnOperation;
import io.hamesh.operator.consul.Watched;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A Consul with things of several owners in it; a cluster's name of "" is nobody's mark. */
final class MarkedConsul implements ConsulCatalog, ConfigEntries, KeyValues {
    private final List<ConfigEntry> entries = new ArrayList<>();
    private final List<CatalogNode> nodes = new ArrayList<>();
    private final List<CatalogService> services = new ArrayList<>();
    private final List<KeyValue> keys = new ArrayList<>();
    private String changing = "";

    void entry(String kind, String name, String cluster) {
        entries.add(new ConfigEntry(kind, name, mark(cluster), Map.of(), 1));
    }

    void claim(String service, String cluster) {
        String value = "{\"cluster\":\"" + cluster + "\",\"namespaces\":[\"shop\"],\"since\":\"2026-01-01T00:00:00Z\"}";
        keys.add(new KeyValue("hamesh/claims/" + service, value, 1));
    }

    /** A node with one service. */
    void node(String name, String cluster, String serviceOf) {
        nodes.add(new CatalogNode(name, "10.0.0.1", mark(cluster), 1));
        services.add(new CatalogService(
                "on " + name, "app", "10.0.0.1", 80, List.of(), mark(serviceOf), Optional.empty(), 1));
    }

    /** That entry has another index by the time somebody deletes it. */
    void changeBeforeDelete(String entry) {
        changing = entry;
    }

    List<String> left() {
        return Stream.of(
                        entries.stream().map(MarkedConsul::name),
                        nodes.stream().map(node -> "node " + node.name()),
                        services.stream().map(service -> "service " + service.id()),
                        keys.stream().map(KeyValue::key))
                .flatMap(names -> names)
                .toList();
    }

    private static String name(ConfigEntry entry) {
        return entry.kind() + " " + entry.name();
    }

    private static Map<String, String> mark(String cluster) {
        return cluster.isEmpty() ? Map.of("managed-by", "somebody") : OwnershipMark.of(cluster);
    }

    @Override
    public List<ConfigEntry> list(String kind) {
        return entries.stream().filter(entry -> entry.kind().equals(kind)).toList();
    }

    @Override
    public boolean deleteCas(String kind, String name, long modifyIndex) {
        return !changing.equals(kind + " " + name)
                && entries.removeIf(
                        entry -> name(entry).equals(kind + " " + name) && entry.modifyIndex() == modifyIndex);
    }

    @Override
    public Watched<List<KeyValue>> keys(String prefix, long index, Duration wait) {
        return new Watched<>(
                keys.stream().filter(pair -> pair.key().startsWith(prefix)).toList(), 1);
    }

    @Override
    public boolean deleteCas(KeyValue pair) {
        return keys.remove(pair);
    }

    @Override
    public Optional<KeyValue> key(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean putCas(KeyValue pair) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CatalogNode> nodesWith(Map<String, String> meta) {
        return nodes.stream()
                .filter(node -> node.meta().entrySet().containsAll(meta.entrySet()))
                .toList();
    }

    @Override
    public List<CatalogInstance> instances(String service) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CatalogService> services(String node) {
        return services.stream()
                .filter(service -> service.id().equals("on " + node))
                .toList();
    }

    @Override
    public boolean commit(List<TxnOperation> operations) {
        for (TxnOperation operation : operations) {
            switch (operation) {
                case TxnOperation.DeleteNode delete -> nodes.remove(delete.node());
                case TxnOperation.DeleteService delete -> services.remove(delete.service());
                default -> throw new IllegalArgumentException(operation + " is no removal");
            }
        }
        return true;
    }

    @Override
    public Optional<ConfigEntry> get(String kind, String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Watched<List<ConfigEntry>> watch(String kind, long index, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean putCas(ConfigEntry entry) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<CatalogNode> node(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CatalogCheck> checks(String node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Watched<List<String>> watchServices(Map<String, String> nodeMeta, long index, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Watched<List<CatalogCheck>> watchChecks(Map<String, String> nodeMeta, long index, Duration wait) {
        throw new UnsupportedOperationException();
    }
}
