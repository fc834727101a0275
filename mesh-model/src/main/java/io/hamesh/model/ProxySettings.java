package io.hamesh.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How much HAProxy takes on, by what it knows the kubelet, and how it agrees on keys with other pods.
 *
 * @param maxConnections at a time, through the mesh port, the unsecured port and the upstreams together
 * @param unsecuredPerSource how many of them one address may hold on the unsecured port; empty for {@link #sharePerSource}
 * @param probeSecret empty in pods that were injected before there was one
 * @param postQuantum whether calls offer the post-quantum key exchange of TLS
 */
public record ProxySettings(
        int maxConnections, OptionalInt unsecuredPerSource, Optional<ProbeSecret> probeSecret, boolean postQuantum) {
    /** What {@link #DEFAULT_MEMORY_MIB} holds. */
    public static final int DEFAULT_MAX_CONNECTIONS = 1200;

    public static final ProxySettings DEFAULT =
            new ProxySettings(DEFAULT_MAX_CONNECTIONS, OptionalInt.empty(), Optional.empty(), false);

    /** Below it the shares of a source and of the upstreams are too small to be of use. */
    public static final int LEAST_MAX_CONNECTIONS = 100;

    public static final int MOST_MAX_CONNECTIONS = 20_000;

    /** HAProxy's usual limit of memory. */
    public static final int DEFAULT_MEMORY_MIB = 128;

    /** The master, a worker, and three more that reloads left behind. */
    private static final int BASE_MIB = 48;

    /** A connection over TLS with its partner and the kernel's part, and its share of the buffers. */
    private static final int KIB_PER_CONNECTION = 68;

    public ProxySettings {
        if (maxConnections < LEAST_MAX_CONNECTIONS || maxConnections > MOST_MAX_CONNECTIONS) {
            throw new IllegalArgumentException(maxConnections + ": expected " + LEAST_MAX_CONNECTIONS + " to "
                    + MOST_MAX_CONNECTIONS + " connections");
        }
        if (unsecuredPerSource.isPresent()
                && (unsecuredPerSource.getAsInt() < 1 || unsecuredPerSource.getAsInt() > maxConnections)) {
            throw new IllegalArgumentException(
                    unsecuredPerSource.getAsInt() + ": expected 1 to " + maxConnections + " connections of one source");
        }
    }

    /** The memory that so many connections may need, in MiB: the one formula of connections and memory. */
    public static int memoryMib(int connections) {
        return BASE_MIB + Math.ceilDiv(connections * KIB_PER_CONNECTION, 1024);
    }

    /** The inverse of {@link #memoryMib}: how many connections fit. */
    public static int connectionsIn(long memoryMib) {
        long fitting = (memoryMib - BASE_MIB) * 1024 / KIB_PER_CONNECTION / 100 * 100;
        return Math.clamp(fitting, LEAST_MAX_CONNECTIONS, MOST_MAX_CONNECTIONS);
    }

    /** What one address may hold on the unsecured port where nothing else is said: a third. */
    public int sharePerSource() {
        return unsecuredPerSource.orElse(maxConnections / 3);
    }

    public ProxySettings withProbeSecret(Optional<ProbeSecret> secret) {
        return new ProxySettings(maxConnections, unsecuredPerSource, secret, postQuantum);
    }

    public ProxySettings withPostQuantum(boolean offered) {
        return new ProxySettings(maxConnections, unsecuredPerSource, probeSecret, offered);
    }
}
