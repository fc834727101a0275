package io.hamesh.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A service that the pod calls.
 *
 * @param service the service's name in Consul
 * @param localPort where the pod's own application finds it on loopback, 1 to 65535
 */
public record Upstream(String service, int localPort) {
    /** What one entry looks like, for messages. */
    public static final String FORM = "NAME:PORT, for example redis:6379";

    public Upstream {
        if (!ServiceName.isValid(service)) {
            throw new IllegalArgumentException("upstream name \"" + service + "\": expected " + ServiceName.RULE);
        }
        if (!MeshPorts.isValid(localPort)) {
            throw new IllegalArgumentException("upstream port " + localPort + ": expected 1 to 65535");
        }
    }

    /**
     * Reads {@code redis:6379}.
     *
     * @throws IllegalArgumentException saying what is wrong with the entry and what would be right
     */
    public static Upstream parse(String entry) {
        int colon = entry.lastIndexOf(':');
        if (colon <= 0 || !entry.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("\"" + entry + "\": expected " + FORM);
        }
        return new Upstream(entry.substring(0, colon), Integer.parseInt(entry.substring(colon + 1)));
    }

    /**
     * Reads {@code redis:6379, api:9000}; blanks around entries do not count, an empty text is an empty list.
     *
     * @throws IllegalArgumentException at the first entry that is not {@value #FORM}
     */
    public static List<Upstream> parseList(String text) {
        List<Upstream> upstreams = new ArrayList<>();
        if (text.isBlank()) {
            return upstreams;
        }
        for (String entry : text.split(",", -1)) {
            upstreams.add(parse(entry.strip()));
        }
        return List.copyOf(upstreams);
    }

    /** The inverse of {@link #parseList}. */
    public static String format(List<Upstream> upstreams) {
        return upstreams.stream().map(Upstream::toString).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return service + ":" + localPort;
    }
}
