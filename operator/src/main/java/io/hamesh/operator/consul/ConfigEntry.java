package io.hamesh.operator.consul;

import java.util.Map;

/**
 * A config entry of any kind.
 *
 * @param kind for example {@code service-intentions}
 * @param meta the entry's metadata; ownership marks live here
 * @param fields every other field under Consul's own name ({@code Sources}, {@code Protocol}), as plain JSON values: maps,
 *     lists, strings, numbers, booleans
 * @param modifyIndex what a compare-and-set names; 0 for an entry that does not exist yet
 */
public record ConfigEntry(
        String kind, String name, Map<String, String> meta, Map<String, Object> fields, long modifyIndex) {
    public static final String SERVICE_INTENTIONS = "service-intentions";
    public static final String SERVICE_DEFAULTS = "service-defaults";
    public static final String SERVICE_RESOLVER = "service-resolver";
    public static final String PROXY_DEFAULTS = "proxy-defaults";

    /** The only name that a {@link #PROXY_DEFAULTS} may have. */
    public static final String GLOBAL = "global";

    public ConfigEntry {
        meta = Map.copyOf(meta);
        fields = Map.copyOf(fields);
    }
}
