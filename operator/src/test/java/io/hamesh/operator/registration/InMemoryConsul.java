package io.hamesh.operator.registration;

import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogInstance;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.consul.TxnOperation;
import io.hamesh.operator.consul.TxnOperation.CheckKey;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import io.hamesh.operator.consul.TxnOperation.RemoveService;
import io.hamesh.operator.consul.TxnOperation.SetCheck;
import io.hamesh.operator.consul.TxnOperation.SetNode;
import io.hamesh.operator.consul.TxnOperation.SetService;
import io.hamesh.operator.consul.Watched;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps what it is told, with Consul's compare-and-set; it can be away. */
final class InMemoryConsul implements ConsulCatalog, ConfigEntries {
    final Map<String, CatalogNode> nodes = new HashMap<>();
    final Map<String, CatalogService> services = new HashMap<>();
    final Map<String, String> nodeOf = new HashMap<>();
    final Map<String, CatalogCheck> checks = new HashMap<>();
    final Map<String, ConfigEntry> entries = new HashMap<>();
    final List<List<TxnOperation>> commits = new ArrayList<>();
    private long index;
    private boolean isAway;
    private int refusals;
    private String refusal = "";
    private volatile Consumer<List<TxnOperation>> beforeCommit = operations -> {};

    /** Called before each commit, while others go on. */
    void beforeCommit(Consumer<List<TxnOperation>> call) {
        beforeCommit = call;
    }

    synchronized void setAway(boolean away) {
        isAway = away;
    }

    /** How often it was asked while it was away. */
    synchronized int refusals() {
        return refusals;
    }

    /** Refuses to write config entries, for that reason. */
    synchronized void refuseEntries(String reason) {
        refusal = reason;
    }

    synchronized void loseData() {
        nodes.clear();
        services.clear();
        nodeOf.clear();
        checks.clear();
        entries.clear();
        index = 0;
    }

    private void answer() {
        if (isAway) {
            refusals++;
            throw new ConsulUnavailableException("away");
        }
    }

    @Override
    public synchronized Optional<CatalogNode> node(String name) {
        answer();
        return Optional.ofNullable(nodes.get(name));
    }

    @Override
    public synchronized List<CatalogNode> nodesWith(Map<String, String> meta) {
        answer();
        return nodes.values().stream()
                .filter(node -> node.meta().entrySet().containsAll(meta.entrySet()))
                .toList();
    }

    @Override
    public synchronized List<CatalogService> services(String node) {
        answer();
        return services.values().stream()
                .filter(service -> node.equals(nodeOf.get(service.id())))
                .toList();
    }

    @Override
    public synchronized List<CatalogInstance> instances(String service) {
        answer();
        return services.values().stream()
                .filter(each -> each.name().equals(service)
                        || each.proxy()
                                .filter(of -> of.serviceName().equals(service))
                                .isPresent())
                .map(each -> new CatalogInstance(nodeOf.getOrDefault(each.id(), ""), each.id(), each.meta()))
                .toList();
    }

    @Override
    public synchronized List<CatalogCheck> checks(String node) {
        answer();
        return checks.values().stream()
                .filter(check -> node.equals(nodeOf.get(check.serviceId())))
                .toList();
    }

    @Override
    public Watched<List<String>> watchServices(Map<String, String> nodeMeta, long index, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Watched<List<CatalogCheck>> watchChecks(Map<String, String> nodeMeta, long index, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean commit(List<TxnOperation> operations) {
        beforeCommit.accept(operations);
        return committed(operations);
    }

    private synchronized boolean committed(List<TxnOperation> operations) {
        answer();
        if (!operations.stream().allMatch(this::isCurrent)) {
            return false;
        }
        index++;
        operations.forEach(this::apply);
        commits.add(operations);
        return true;
    }

    private boolean isCurrent(TxnOperation operation) {
        return switch (operation) {
            case SetNode set -> indexOf(set.node().name()) == set.node().modifyIndex();
            case DeleteNode delete ->
                indexOf(delete.node().name()) == delete.node().modifyIndex();
            case DeleteService delete -> {
                CatalogService now = services.get(delete.service().id());
                yield now != null && now.modifyIndex() == delete.service().modifyIndex();
            }
            case RemoveService remove -> true;
            case SetService set -> true;
            case SetCheck set -> true;
            case CheckKey check -> true;
        };
    }

    private long indexOf(String node) {
        CatalogNode now = nodes.get(node);
        return now == null ? 0 : now.modifyIndex();
    }

    private void apply(TxnOperation operation) {
        switch (operation) {
            case SetNode set -> {
                CatalogNode node = set.node();
                CatalogNode before = nodes.get(node.name());
                if (before == null || !before.saysTheSameAs(node)) {
                    nodes.put(node.name(), new CatalogNode(node.name(), node.address(), node.meta(), index));
                }
            }
            case DeleteNode delete -> nodes.remove(delete.node().name());
            case SetService set -> add(set.node(), set.service());
            case SetCheck set -> checks.put(set.check().id(), set.check());
            case DeleteService delete -> remove(delete.service().id());
            case RemoveService remove -> remove(remove.service().id());
            case CheckKey check -> {}
        }
    }

    private void remove(String id) {
        services.remove(id);
        checks.values().removeIf(check -> check.serviceId().equals(id));
    }

    /** As if somebody had written it just now. */
    synchronized void add(String node, CatalogService service) {
        nodeOf.put(service.id(), node);
        services.put(
                service.id(),
                new CatalogService(
                        service.id(),
                        service.name(),
                        service.address(),
                        service.port(),
                        service.tags(),
                        service.meta(),
                        service.proxy(),
                        ++index));
    }

    @Override
    public synchronized Optional<ConfigEntry> get(String kind, String name) {
        answer();
        return Optional.ofNullable(entries.get(kind + "/" + name));
    }

    @Override
    public synchronized List<ConfigEntry> list(String kind) {
        answer();
        return entries.values().stream()
                .filter(entry -> entry.kind().equals(kind))
                .toList();
    }

    @Override
    public Watched<List<ConfigEntry>> watch(String kind, long index, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized boolean putCas(ConfigEntry entry) {
        answer();
        if (!refusal.isEmpty()) {
            throw new ConsulRefusedException(500, refusal);
        }
        String key = entry.kind() + "/" + entry.name();
        long now = Optional.ofNullable(entries.get(key))
                .map(ConfigEntry::modifyIndex)
                .orElse(0L);
        if (now != entry.modifyIndex()) {
            return false;
        }
        entries.put(key, new ConfigEntry(entry.kind(), entry.name(), entry.meta(), entry.fields(), ++index));
        return true;
    }

    @Override
    public synchronized boolean deleteCas(String kind, String name, long modifyIndex) {
        answer();
        if (!refusal.isEmpty()) {
            throw new ConsulRefusedException(500, refusal);
        }
        String key = kind + "/" + name;
        ConfigEntry now = entries.get(key);
        return now != null && now.modifyIndex() == modifyIndex && entries.remove(key, now);
    }
}
