package io.hamesh.operator.consul;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Consul's key-value store. Every call blocks its thread and throws {@link ConsulUnavailableException} or {@link
 * ConsulRefusedException}.
 */
public interface KeyValues {
    /** The key as all servers agree on it, or empty where there is none. */
    Optional<KeyValue> key(String key);

    /**
     * All keys that start with {@code prefix}, answered as soon as any of them is newer than {@code index}, or after
     * {@code wait}.
     *
     * @param index of the listing before; 0 answers at once
     */
    Watched<List<KeyValue>> keys(String prefix, long index, Duration wait);

    /**
     * Writes the key if it still is as of {@link KeyValue#modifyIndex}; 0 there creates, and only creates.
     *
     * @return false if somebody else was first, and nothing was written
     */
    boolean putCas(KeyValue pair);

    /**
     * Deletes the key if it still is as of {@link KeyValue#modifyIndex}.
     *
     * @return false if somebody else changed it since, and nothing was deleted
     */
    boolean deleteCas(KeyValue pair);
}
