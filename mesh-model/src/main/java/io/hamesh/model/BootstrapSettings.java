package io.hamesh.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an injected pod is in the mesh: written into the sidecars' environment at admission, where nobody can change it
 * afterwards, and read back by the agent and by the operator. Annotations and labels are never asked again.
 *
 * <p>The variables' names have lower-case letters, because a Service can make none of those: for each Service of the namespace
 * the kubelet adds variables like {@code NAME_PORT} and {@code NAME_SERVICE_HOST} to every container.
 *
 * @param cluster the {@code cluster.name} of the installation that injected the pod
 * @param consulAddress base URL of Consul's HTTP API, for example {@code http://hamesh-consul.hamesh-system:8500}
 */
public record BootstrapSettings(String cluster, String consulAddress, ServiceSettings service) {
    public static final String CLUSTER = "hamesh.cluster";
    public static final String CONSUL_ADDRESS = "hamesh.consul-address";
    public static final String SERVICE = "hamesh.service";
    public static final String PORT = "hamesh.port";
    public static final String PROTOCOL = "hamesh.protocol";
    public static final String UNSECURED_PORT = "hamesh.unsecured-port";
    public static final String UPSTREAMS = "hamesh.upstreams";
    public static final String REQUIRE_LOOPBACK = "hamesh.require-loopback";
    public static final String OPEN_PORTS = "hamesh.open-ports";
    public static final String TAGS = "hamesh.tags";
    public static final String UPGRADES = "hamesh.upgrades";
    public static final String MAX_CONNECTIONS = "hamesh.max-connections";
    public static final String UNSECURED_PER_SOURCE = "hamesh.unsecured-connections-per-source";
    public static final String PROBE_SECRET = "hamesh.probe-secret";
    public static final String POST_QUANTUM = "hamesh.post-quantum";

    /** Followed by the metadata key as the user wrote it: an environment name may hold {@code -} and {@code .} too. */
    public static final String META_PREFIX = "hamesh.meta.";

    /** Followed by container and kind, {@code app.readiness}; a container's name holds no dot. */
    public static final String PROBE_PREFIX = "hamesh.probe.";

    // Filled by the kubelet (downward API), so that they are the pod's own whoever wrote its spec.
    public static final String POD_NAME = "hamesh.pod-name";
    public static final String POD_NAMESPACE = "hamesh.pod-namespace";
    public static final String POD_UID = "hamesh.pod-uid";

    /** {@code status.podIPs}: one address a family, comma separated. */
    public static final String POD_IPS = "hamesh.pod-ips";

    public static final String NODE_NAME = "hamesh.node-name";

    private static final Pattern PROBE_NAME = Pattern.compile("([a-z0-9-]+)[.]([a-z-]+)");

    /**
     * The settings of a pod that any release injected, {@link FormerNames} included.
     *
     * @param literals the variables that the pod's specification sets by value, and none that the kubelet adds
     * @throws IllegalArgumentException naming the variable that is missing or malformed
     */
    public static BootstrapSettings ofPod(Map<String, String> literals) {
        return fromEnvironment(FormerNames.translated(literals));
    }

    /** The settings as literal environment variables, in a stable order; what is absent is left out. */
    public SortedMap<String, String> toEnvironment() {
        SortedMap<String, String> env = new TreeMap<>();
        env.put(CLUSTER, cluster);
        env.put(CONSUL_ADDRESS, consulAddress);
        env.put(SERVICE, service.name());
        env.put(PROTOCOL, service.protocol().id());
        service.port().ifPresent(port -> env.put(PORT, Integer.toString(port)));
        service.unsecuredPort().ifPresent(port -> env.put(UNSECURED_PORT, Integer.toString(port)));
        if (!service.upstreams().isEmpty()) {
            env.put(UPSTREAMS, Upstream.format(service.upstreams()));
        }
        if (service.requireLoopback()) {
            env.put(REQUIRE_LOOPBACK, "true");
        }
        if (!service.openPorts().isEmpty()) {
            env.put(
                    OPEN_PORTS,
                    service.openPorts().stream().map(Object::toString).collect(Collectors.joining(",")));
        }
        if (!service.tags().isEmpty()) {
            env.put(TAGS, String.join(",", service.tags()));
        }
        if (!service.upgrades().isEmpty()) {
            env.put(UPGRADES, String.join(",", service.upgrades()));
        }
        putProxy(env, service.proxy());
        service.meta().forEach((key, value) -> env.put(META_PREFIX + key, value));
        service.probes()
                .forEach(probe -> env.put(
                        PROBE_PREFIX + probe.container() + "." + probe.kind().id(),
                        probe.target().format()));
        return env;
    }

    /**
     * The inverse of {@link #toEnvironment}; variables of other names are passed over.
     *
     * @throws IllegalArgumentException naming the variable that is missing or malformed
     */
    public static BootstrapSettings fromEnvironment(Map<String, String> env) {
        String name = required(env, SERVICE);
        if (!ServiceName.isValid(name)) {
            throw new IllegalArgumentException(SERVICE + "=" + name + ": expected " + ServiceName.RULE);
        }
        ServiceSettings service = ServiceSettings.named(name)
                .port(port(env, PORT))
                .protocol(protocol(env))
                .unsecuredPort(port(env, UNSECURED_PORT))
                .upstreams(upstreams(env))
                .requireLoopback("true".equals(env.get(REQUIRE_LOOPBACK)))
                .tags(tags(env))
                .meta(meta(env))
                .openPorts(openPorts(env))
                .probes(probes(env))
                .upgrades(upgrades(env))
                .proxy(proxy(env))
                .build();
        return new BootstrapSettings(required(env, CLUSTER), required(env, CONSUL_ADDRESS), service);
    }

    private static void putProxy(Map<String, String> env, ProxySettings proxy) {
        if (proxy.maxConnections() != ProxySettings.DEFAULT_MAX_CONNECTIONS) {
            env.put(MAX_CONNECTIONS, Integer.toString(proxy.maxConnections()));
        }
        proxy.unsecuredPerSource().ifPresent(most -> env.put(UNSECURED_PER_SOURCE, Integer.toString(most)));
        proxy.probeSecret().ifPresent(secret -> env.put(PROBE_SECRET, secret.value()));
        if (proxy.postQuantum()) {
            env.put(POST_QUANTUM, "true");
        }
    }

    private static ProxySettings proxy(Map<String, String> env) {
        OptionalInt connections = number(env, MAX_CONNECTIONS);
        OptionalInt perSource = number(env, UNSECURED_PER_SOURCE);
        try {
            return new ProxySettings(
                    connections.orElse(ProxySettings.DEFAULT_MAX_CONNECTIONS),
                    perSource,
                    probeSecret(env),
                    "true".equals(env.get(POST_QUANTUM)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    MAX_CONNECTIONS + ", " + UNSECURED_PER_SOURCE + ": " + e.getMessage(), e);
        }
    }

    private static OptionalInt number(Map<String, String> env, String key) {
        String text = env.get(key);
        if (text == null) {
            return OptionalInt.empty();
        }
        if (!text.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException(key + "=" + text + ": expected a number");
        }
        return OptionalInt.of(Integer.parseInt(text));
    }

    /**
     * What the kubelet shows, alone.
     *
     * @throws IllegalArgumentException naming the variable where it is malformed
     */
    public static Optional<ProbeSecret> probeSecret(Map<String, String> env) {
        try {
            return Optional.ofNullable(env.get(PROBE_SECRET)).map(ProbeSecret::new);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PROBE_SECRET + ": " + e.getMessage(), e);
        }
    }

    private static String required(Map<String, String> env, String key) {
        return Optional.ofNullable(env.get(key))
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(key + " is not set"));
    }

    private static OptionalInt port(Map<String, String> env, String key) {
        String text = env.get(key);
        return text == null ? OptionalInt.empty() : OptionalInt.of(port(key, text));
    }

    private static SortedSet<Integer> openPorts(Map<String, String> env) {
        SortedSet<Integer> ports = new TreeSet<>();
        String text = env.getOrDefault(OPEN_PORTS, "");
        for (String port : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            ports.add(port(OPEN_PORTS, port));
        }
        return ports;
    }

    private static int port(String key, String text) {
        if (!text.matches("[0-9]{1,5}") || !MeshPorts.isValid(Integer.parseInt(text))) {
            throw new IllegalArgumentException(key + "=" + text + ": expected a port, 1 to 65535");
        }
        return Integer.parseInt(text);
    }

    private static Protocol protocol(Map<String, String> env) {
        String text = required(env, PROTOCOL);
        return Protocol.of(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(PROTOCOL + "=" + text + ": expected one of " + Protocol.known()));
    }

    private static List<Upstream> upstreams(Map<String, String> env) {
        try {
            return Upstream.parseList(env.getOrDefault(UPSTREAMS, ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(UPSTREAMS + ": " + e.getMessage(), e);
        }
    }

    private static List<String> tags(Map<String, String> env) {
        String text = env.getOrDefault(TAGS, "");
        return text.isEmpty() ? new ArrayList<>() : List.of(text.split(","));
    }

    private static List<String> upgrades(Map<String, String> env) {
        try {
            return UpgradeToken.parseList(env.getOrDefault(UPGRADES, ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(UPGRADES + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> meta(Map<String, String> env) {
        Map<String, String> meta = new TreeMap<>();
        env.forEach((key, value) -> {
            if (key.startsWith(META_PREFIX)) {
                meta.put(key.substring(META_PREFIX.length()), value);
            }
        });
        return meta;
    }

    /**
     * The probes alone, in the order of their names.
     *
     * @throws IllegalArgumentException naming the variable that is malformed
     */
    public static List<AppProbe> probes(Map<String, String> env) {
        List<AppProbe> probes = new ArrayList<>();
        new TreeMap<>(env).forEach((key, value) -> {
            if (key.startsWith(PROBE_PREFIX)) {
                probes.add(probe(key, value));
            }
        });
        return probes;
    }

    private static AppProbe probe(String key, String value) {
        Matcher name = PROBE_NAME.matcher(key.substring(PROBE_PREFIX.length()));
        Optional<AppProbe.Kind> kind = name.matches() ? AppProbe.Kind.of(name.group(2)) : Optional.empty();
        if (kind.isEmpty()) {
            throw new IllegalArgumentException(key + ": expected " + PROBE_PREFIX + "CONTAINER.KIND");
        }
        try {
            return new AppProbe(name.group(1), kind.get(), ProbeTarget.parse(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "=" + value + ": " + e.getMessage(), e);
        }
    }
}
