package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.KeyValue;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.consul.Watched;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys with Consul's compare-and-set; it can be away, lose everything, or have somebody else be faster. */
final class KeysInMemory implements KeyValues {
    private final Map<String, KeyValue> keys = new TreeMap<>();
    private long index;
    private boolean isAway;
    private @Nullable Runnable beforeNextWrite;
    int reads;

    void setAway(boolean away) {
        isAway = away;
    }

    /** Its data is gone, and its indexes begin anew. */
    void loseEverything() {
        keys.clear();
        index = 0;
    }

    void beforeNextWrite(Runnable action) {
        beforeNextWrite = action;
    }

    void force(String key, String value) {
        keys.put(key, new KeyValue(key, value, ++index));
    }

    /** As {@code consul kv delete}. */
    void forget(String key) {
        index++;
        keys.remove(key);
    }

    Optional<Holder> holder(String service) {
        return Optional.ofNullable(keys.get(Claim.key(service))).flatMap(pair -> HolderJson.read(pair.value()));
    }

    private void answer() {
        if (isAway) {
            throw new ConsulRefusedException(503, "away");
        }
    }

    @Override
    public Optional<KeyValue> key(String key) {
        answer();
        reads++;
        return Optional.ofNullable(keys.get(key));
    }

    @Override
    public Watched<List<KeyValue>> keys(String prefix, long before, Duration wait) {
        answer();
        return new Watched<>(
                keys.values().stream()
                        .filter(pair -> pair.key().startsWith(prefix))
                        .toList(),
                index);
    }

    @Override
    public boolean putCas(KeyValue pair) {
        return write(pair, () -> force(pair.key(), pair.value()));
    }

    @Override
    public boolean deleteCas(KeyValue pair) {
        return write(pair, () -> forget(pair.key()));
    }

    private boolean write(KeyValue pair, Runnable write) {
        answer();
        Runnable first = beforeNextWrite;
        beforeNextWrite = null;
        if (first != null) {
            first.run();
        }
        long now = Optional.ofNullable(keys.get(pair.key()))
                .map(KeyValue::modifyIndex)
                .orElse(0L);
        if (now == pair.modifyIndex()) {
            write.run();
        }
        return now == pair.modifyIndex();
    }
}
