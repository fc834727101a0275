package io.hamesh.agent.snapshot;

import java.util.Comparator;

/**
 * Where one instance of a service takes mesh connections.
 *
 * @param address an IPv4 or IPv6 address, no brackets
 */
public record Endpoint(String address, int port) implements Comparable<Endpoint> {
    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    @Override
    public int compareTo(Endpoint other) {
        return ORDER.compare(this, other);
    }
}
