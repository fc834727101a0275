package io.hamesh.operator.consul;

import io.hamesh.operator.consul.TxnOperation.CheckKey;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import io.hamesh.operator.consul.TxnOperation.RemoveService;
import io.hamesh.operator.consul.TxnOperation.SetCheck;
import io.hamesh.operator.consul.TxnOperation.SetNode;
import io.hamesh.operator.consul.TxnOperation.SetService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Consul's config entries, catalog and keys with its compare-and-set, for the tests of all features. It can be away or refuse,
 * lose its data, and have somebody else be faster.
 */
public final class InMemoryConsul implements ConsulCatalog, ConfigEntries, KeyValues {
    public final Map<String, CatalogNode> nodes = new ConcurrentSkipListMap<>();
    public final Map<String, CatalogService> services = new ConcurrentSkipListMap<>();
    public final Map<String, CatalogCheck> checks = new ConcurrentSkipListMap<>();

    /** By kind and name: {@code service-defaults/www}. */
    public final Map<String, ConfigEntry> entries = new ConcurrentSkipListMap<>();

    public final Map<String, KeyValue> keys = new ConcurrentSkipListMap<>();

    /** The transactions that were done. */
    public final List<List<TxnOperation>> commits = new CopyOnWriteArrayList<>();

    private final Map<String, String> nodeOf = new ConcurrentSkipListMap<>();
    private final Queue<ConsulException> passingTroubles = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Runnable> beforeNextWrite = new AtomicReference<>();
    private volatile Consumer<List<TxnOperation>> beforeCommit = operations -> {};
    private volatile @Nullable ConsulException trouble;
    private volatile String refusal = "";
    private long index;
    private int failures;
    private int entryWrites;
    private int keyReads;

    /** Every call fails like this from now on. */
    public void failWith(ConsulException trouble) {
        this.trouble = trouble;
    }

    /** The next call does. */
    public void failOnce(ConsulException trouble) {
        passingTroubles.add(trouble);
    }

    /** Answers nobody, or everybody again. */
    public void setAway(boolean away) {
        trouble = away ? new ConsulUnavailableException("away") : null;
    }

    /** Refuses to write and to delete config entries, for that reason; takes them again for an empty one. */
    public void refuseEntries(String reason) {
        refusal = reason;
    }

    /** Its indexes begin anew too. */
    public synchronized void loseData() {
        List.of(nodes, services, nodeOf, checks, entries, keys).forEach(Map::clear);
        index = 0;
    }

    /** Somebody is faster, once: called before the next compare-and-set of an entry or a key. */
    public void beforeNextWrite(Runnable action) {
        beforeNextWrite.set(action);
    }

    /** Called before each transaction, while others go on. */
    public void beforeCommit(Consumer<List<TxnOperation>> call) {
        beforeCommit = call;
    }

    /** As if somebody had written it just now. */
    public synchronized void force(ConfigEntry entry) {
        entries.put(
                id(entry.kind(), entry.name()),
                new ConfigEntry(entry.kind(), entry.name(), entry.meta(), entry.fields(), ++index));
    }

    /** As if somebody had written it just now. */
    public synchronized void force(CatalogNode node) {
        nodes.put(node.name(), new CatalogNode(node.name(), node.address(), node.meta(), ++index));
    }

    /** As if somebody had written it just now. */
    public synchronized void force(String node, CatalogService service) {
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

    /** As {@code consul kv put}. */
    public synchronized void force(String key, String value) {
        keys.put(key, new KeyValue(key, value, ++index));
    }

    /** As {@code consul config delete}. */
    public synchronized void delete(String kind, String name) {
        index++;
        entries.remove(id(kind, name));
    }

    /** As {@code consul kv delete}. */
    public synchronized void delete(String key) {
        index++;
        keys.remove(key);
    }

    /** The {@code service-intentions} of that name, which has to be there. */
    public ConfigEntry intentions(String name) {
        return get(ConfigEntry.SERVICE_INTENTIONS, name).orElseThrow();
    }

    /** What the {@code service-defaults} of that name, which has to be there, says. */
    public String protocol(String service) {
        return get(ConfigEntry.SERVICE_DEFAULTS, service)
                .orElseThrow()
                .fields()
                .getOrDefault("Protocol", "")
                .toString();
    }

    /** How many calls failed. */
    public synchronized int failures() {
        return failures;
    }

    /** How many config entries were written by compare-and-set. */
    public synchronized int entryWrites() {
        return entryWrites;
    }

    /** How often a single key was read. */
    public synchronized int keyReads() {
        return keyReads;
    }

    private static String id(String kind, String name) {
        return kind + "/" + name;
    }

    private void answer() {
        ConsulException now = Optional.ofNullable(trouble).orElseGet(passingTroubles::poll);
        if (now != null) {
            failures++;
            throw now;
        }
    }

    private void beginWrite() {
        Runnable first = beforeNextWrite.getAndSet(null);
        if (first != null) {
            first.run();
        }
    }

    @Override
    public synchronized Optional<ConfigEntry> get(String kind, String name) {
        answer();
        return Optional.ofNullable(entries.get(id(kind, name)));
    }

    @Override
    public synchronized List<ConfigEntry> list(String kind) {
        answer();
        return entries.values().stream()
                .filter(entry -> entry.kind().equals(kind))
                .toList();
    }

    @Override
    public synchronized Watched<List<ConfigEntry>> watch(String kind, long before, Duration wait) {
        return new Watched<>(list(kind), index);
    }

    @Override
    public boolean putCas(ConfigEntry entry) {
        beginWrite();
        synchronized (this) {
            boolean isCurrent = isCurrentEntry(entry.kind(), entry.name(), entry.modifyIndex());
            if (isCurrent) {
                force(entry);
                entryWrites++;
            }
            return isCurrent;
        }
    }

    @Override
    public boolean deleteCas(String kind, String name, long modifyIndex) {
        beginWrite();
        synchronized (this) {
            return isCurrentEntry(kind, name, modifyIndex) && entries.remove(id(kind, name)) != null;
        }
    }

    private boolean isCurrentEntry(String kind, String name, long modifyIndex) {
        answer();
        if (!refusal.isEmpty()) {
            throw new ConsulRefusedException(500, refusal);
        }
        ConfigEntry now = entries.get(id(kind, name));
        return modifyIndex == (now == null ? 0 : now.modifyIndex());
    }

    @Override
    public synchronized Optional<KeyValue> key(String key) {
        answer();
        keyReads++;
        return Optional.ofNullable(keys.get(key));
    }

    @Override
    public synchronized Watched<List<KeyValue>> keys(String prefix, long before, Duration wait) {
        answer();
        return new Watched<>(
                keys.values().stream()
                        .filter(pair -> pair.key().startsWith(prefix))
                        .toList(),
                index);
    }

    @Override
    public boolean putCas(KeyValue pair) {
        beginWrite();
        synchronized (this) {
            answer();
            boolean isCurrent = keyIndex(pair.key()) == pair.modifyIndex();
            if (isCurrent) {
                force(pair.key(), pair.value());
            }
            return isCurrent;
        }
    }

    @Override
    public boolean deleteCas(KeyValue pair) {
        beginWrite();
        synchronized (this) {
            answer();
            boolean isCurrent = keyIndex(pair.key()) == pair.modifyIndex();
            if (isCurrent) {
                delete(pair.key());
            }
            return isCurrent;
        }
    }

    private long keyIndex(String key) {
        KeyValue now = keys.get(key);
        return now == null ? 0 : now.modifyIndex();
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
    public Watched<List<String>> watchServices(Map<String, String> nodeMeta, long before, Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Watched<List<CatalogCheck>> watchChecks(Map<String, String> nodeMeta, long before, Duration wait) {
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
        operations.forEach(this::apply);
        commits.add(operations);
        return true;
    }

    private boolean isCurrent(TxnOperation operation) {
        return switch (operation) {
            case SetNode set -> nodeIndex(set.node().name()) == set.node().modifyIndex();
            case DeleteNode delete ->
                nodeIndex(delete.node().name()) == delete.node().modifyIndex();
            case DeleteService delete -> {
                CatalogService now = services.get(delete.service().id());
                yield now != null && now.modifyIndex() == delete.service().modifyIndex();
            }
            case CheckKey check -> keys.containsKey(check.key()) && keyIndex(check.key()) == check.modifyIndex();
            case RemoveService remove -> true;
            case SetService set -> true;
            case SetCheck set -> true;
        };
    }

    private long nodeIndex(String name) {
        CatalogNode now = nodes.get(name);
        return now == null ? 0 : now.modifyIndex();
    }

    private void apply(TxnOperation operation) {
        switch (operation) {
            case SetNode set -> {
                CatalogNode before = nodes.get(set.node().name());
                if (before == null || !before.saysTheSameAs(set.node())) {
                    force(set.node());
                }
            }
            case DeleteNode delete -> {
                services(delete.node().name()).forEach(service -> remove(service.id()));
                nodes.remove(delete.node().name());
            }
            case SetService set -> force(set.node(), set.service());
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
}
