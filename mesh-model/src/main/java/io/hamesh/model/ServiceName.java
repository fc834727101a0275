package io.hamesh.model;

/**
 * What may be a service's name: a DNS label in lower case, as Consul's DNS and SPIFFE ids need it, and no sidecar's name.
 * Consul lets the service {@code X} write {@code X-sidecar-proxy} and have its certificate, too: a service of that name
 * could not be told from {@code X}.
 */
public final class ServiceName {
    /** What Consul puts behind a service's name for the name of its proxy. */
    public static final String PROXY_SUFFIX = "-sidecar-proxy";

    /** For messages: what a name has to look like. */
    public static final String RULE = DnsLabel.RULE + ", not ending in " + PROXY_SUFFIX;

    private ServiceName() {}

    public static boolean isValid(String name) {
        return DnsLabel.isValid(name) && !name.endsWith(PROXY_SUFFIX);
    }
}
