package io.hamesh.operator.intention;

import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.Watched;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Config entries with Consul's compare-and-set. */
final class ConsulInMemory implements ConfigEntries {
    private final Map<String, ConfigEntry> entries = new ConcurrentSkipListMap<>();
    private volatile long index = 1;
    private volatile @Nullable ConsulException trouble;
    private final Queue<ConsulException> passingTroubles = new ConcurrentLinkedQueue<>();
    private @Nullable Runnable beforeNextWrite;
    int writes;

    /** Every call fails like this from now on. */
    void failWith(ConsulException trouble) {
        this.trouble = trouble;
    }

    /** The next call does. */
    void failOnce(ConsulException trouble) {
        passingTroubles.add(trouble);
    }

    /** Somebody is faster, once. */
    void beforeNextWrite(Runnable action) {
        beforeNextWrite = action;
    }

    synchronized void force(ConfigEntry entry) {
        index++;
        entries.put(entry.name(), IntentionMapping.over(entry, index));
    }

    void forceDelete(String name) {
        entries.remove(name);
    }

    ConfigEntry entry(String name) {
        return get(ConfigEntry.SERVICE_INTENTIONS, name).orElseThrow();
    }

    @Override
    public Optional<ConfigEntry> get(String kind, String name) {
        failIfTold();
        return Optional.ofNullable(entries.get(name));
    }

    @Override
    public List<ConfigEntry> list(String kind) {
        failIfTold();
        return List.copyOf(entries.values());
    }

    @Override
    public Watched<List<ConfigEntry>> watch(String kind, long index, Duration wait) {
        return new Watched<>(list(kind), this.index);
    }

    @Override
    public boolean putCas(ConfigEntry entry) {
        if (!beginWrite(entry.name(), entry.modifyIndex())) {
            return false;
        }
        writes++;
        force(entry);
        return true;
    }

    @Override
    public boolean deleteCas(String kind, String name, long modifyIndex) {
        return beginWrite(name, modifyIndex) && entries.remove(name) != null;
    }

    private boolean beginWrite(String name, long modifyIndex) {
        failIfTold();
        Runnable first = beforeNextWrite;
        beforeNextWrite = null;
        if (first != null) {
            first.run();
        }
        ConfigEntry found = entries.get(name);
        return modifyIndex == (found == null ? 0 : found.modifyIndex());
    }

    private void failIfTold() {
        ConsulException now = trouble == null ? passingTroubles.poll() : trouble;
        if (now != null) {
            throw now;
        }
    }
}
