package io.hamesh.operator.consul;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Consul's config entries; {@link ConsulGateway} asks the real one. Every call blocks its thread and throws {@link
 * ConsulUnavailableException} or {@link ConsulRefusedException}.
 */
public interface ConfigEntries {
    /** The entry as all servers agree on it, or empty where there is none. */
    Optional<ConfigEntry> get(String kind, String name);

    /** All entries of that kind, at once. */
    List<ConfigEntry> list(String kind);

    /**
     * All entries of that kind, answered as soon as any of them is newer than {@code index}, or after {@code wait}.
     *
     * @param index of the listing before; 0 answers at once
     */
    Watched<List<ConfigEntry>> watch(String kind, long index, Duration wait);

    /**
     * Writes the entry if it still is as of {@link ConfigEntry#modifyIndex}; 0 there creates, and only creates.
     *
     * @return false if somebody else was first, and nothing was written
     */
    boolean putCas(ConfigEntry entry);

    /**
     * Deletes the entry if it still is as of {@code modifyIndex}.
     *
     * @return false if somebody else changed it since, and nothing was deleted
     */
    boolean deleteCas(String kind, String name, long modifyIndex);
}
