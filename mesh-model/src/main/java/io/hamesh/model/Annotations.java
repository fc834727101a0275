package io.hamesh.model;

import java.util.List;

/** The names that people write on pods and intentions: the public contract of the project. */
public final class Annotations {
    public static final String PREFIX = "hamesh.io/";

    /** {@code "true"} puts the pod into the mesh, {@code "false"} keeps it out. */
    public static final String INJECT = PREFIX + "inject";

    public static final String SERVICE = PREFIX + "service";
    public static final String PORT = PREFIX + "port";
    public static final String PROTOCOL = PREFIX + "protocol";
    public static final String UPSTREAMS = PREFIX + "upstreams";
    public static final String UNSECURED_PORT = PREFIX + "unsecured-port";

    /** How many connections HAProxy holds at a time. */
    public static final String MAX_CONNECTIONS = PREFIX + "max-connections";

    /** How many of them one address may hold on the unsecured port. */
    public static final String UNSECURED_PER_SOURCE = PREFIX + "unsecured-connections-per-source";

    /** Ports that are meant to be open beyond loopback, numbers or names. */
    public static final String OPEN_PORTS = PREFIX + "open-ports";

    /** Protocols beside WebSocket to which a connection may be upgraded. */
    public static final String UPGRADES = PREFIX + "upgrades";

    public static final String TAGS = PREFIX + "tags";
    public static final String META_PREFIX = PREFIX + "meta-";
    public static final String REQUIRE_LOOPBACK = PREFIX + "require-loopback";
    public static final String PRE_STOP_SLEEP = PREFIX + "pre-stop-sleep";

    /** {@code "false"}: the kubelet asks the application itself, as its probes say. */
    public static final String REWRITE_PROBES = PREFIX + "rewrite-probes";

    public static final String PROXY_CPU = PREFIX + "proxy-cpu";
    public static final String PROXY_CPU_LIMIT = PREFIX + "proxy-cpu-limit";
    public static final String PROXY_MEMORY = PREFIX + "proxy-memory";
    public static final String AGENT_CPU = PREFIX + "agent-cpu";
    public static final String AGENT_CPU_LIMIT = PREFIX + "agent-cpu-limit";
    public static final String AGENT_MEMORY = PREFIX + "agent-memory";

    /** Every annotation that a pod may carry, {@code meta-<key>} apart. */
    public static final List<String> ON_PODS = List.of(
            INJECT,
            SERVICE,
            PORT,
            PROTOCOL,
            UPSTREAMS,
            UNSECURED_PORT,
            OPEN_PORTS,
            UPGRADES,
            MAX_CONNECTIONS,
            UNSECURED_PER_SOURCE,
            TAGS,
            REQUIRE_LOOPBACK,
            PRE_STOP_SLEEP,
            REWRITE_PROBES,
            PROXY_CPU,
            PROXY_CPU_LIMIT,
            PROXY_MEMORY,
            AGENT_CPU,
            AGENT_CPU_LIMIT,
            AGENT_MEMORY);

    /** On a ServiceIntention: take over the entry that somebody else wrote into Consul. */
    public static final String ADOPT = PREFIX + "adopt";

    /** On a Namespace: the names that its pods and intentions may use, where names have to be granted. */
    public static final String SERVICES = PREFIX + "services";

    /** The label that injection sets, and by which the operator finds its pods. */
    public static final String INJECTED_LABEL = PREFIX + "injected";

    private Annotations() {}
}
