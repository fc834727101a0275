package io.hamesh.agent.snapshot;

import io.hamesh.model.MeshPorts;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Where one instance of a service takes mesh connections.
 *
 * @param address an IPv4 or IPv6 address, no brackets
 */
public record Endpoint(String address, int port) implements Comparable<Endpoint> {
    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    // Whoever may register a service writes this; nothing but an address may reach HAProxy's command line.
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    public Endpoint {
        if (!isAddress(address) || !MeshPorts.isValid(port)) {
            throw new IllegalArgumentException("endpoint " + address + " port " + port + ": expected an IP address");
        }
    }

    /**
     * Whether that is the address of one host as HAProxy takes it: no name, which it could not resolve at run time, no
     * brackets or zone, and no {@code 999.9.9.9}, at which it refuses the whole configuration.
     */
    public static boolean isAddress(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return false;
        }
        try {
            return !InetAddress.ofLiteral(text).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public int compareTo(Endpoint other) {
        return ORDER.compare(this, other);
    }
}
