package io.hamesh.operator;

import io.hamesh.model.ClusterDns;
import io.hamesh.model.DnsLabel;
import io.hamesh.operator.injection.MeshSettings;
import io.hamesh.operator.ownership.OwnershipSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the installation says, read once from the environment.
 *
 * @param cluster {@code cluster.name}: tells apart clusters that share one Consul
 * @param consulAddress base URL of Consul's HTTP API
 * @param intentionsDefault {@code deny}, {@code allow} or {@code none} (leave it to Consul)
 * @param postQuantum {@code tls.postQuantum}, for pods injected from now on
 * @param certificateLifetime how long a webhook certificate lasts
 * @param namespace where the operator runs
 * @param ownership the values {@code services} and {@code serviceNames}
 */
record OperatorSettings(
        String cluster,
        String consulAddress,
        String agentImage,
        String haproxyImage,
        String imagePullPolicy,
        String intentionsDefault,
        int preStopSleepSeconds,
        boolean postQuantum,
        Duration certificateLifetime,
        String namespace,
        OwnershipSettings ownership) {
    static final String CLUSTER = "HAMESH_CLUSTER_NAME";
    static final String CONSUL_ADDRESS = "HAMESH_CONSUL_ADDRESS";
    static final String AGENT_IMAGE = "HAMESH_AGENT_IMAGE";
    static final String HAPROXY_IMAGE = "HAMESH_HAPROXY_IMAGE";
    static final String PULL_POLICY = "HAMESH_IMAGE_PULL_POLICY";
    static final String INTENTIONS_DEFAULT = "HAMESH_INTENTIONS_DEFAULT";
    static final String PRE_STOP_SLEEP = "HAMESH_PRE_STOP_SLEEP";
    static final String POST_QUANTUM = "HAMESH_TLS_POST_QUANTUM";
    static final String CERTIFICATE_LIFETIME = "HAMESH_WEBHOOK_CERTIFICATE_LIFETIME";
    static final String NAMESPACE = "POD_NAMESPACE";
    static final String SERVICES = "HAMESH_SERVICES";
    static final String SERVICE_NAMES_GRANTED_ONLY = "HAMESH_SERVICE_NAMES_GRANTED_ONLY";
    static final String SERVICE_NAMES_KEPT = "HAMESH_SERVICE_NAMES_KEPT";

    /** Read by the logging configuration itself; only checked here. */
    static final String LOG_FORMAT = "HAMESH_LOG_FORMAT";

    /** Renewals overlap by a third of it, and all that takes part needs a moment to follow. */
    private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(30);

    private static final String FORM = "http://HOST:PORT without a path, for example http://hamesh-consul:8500";

    /**
     * Reads and checks every variable.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong, and what would be right
     */
    static OperatorSettings fromEnvironment(Map<String, String> env) {
        oneOf(env, LOG_FORMAT, "text", Set.of("text", "json"));
        return new OperatorSettings(
                cluster(env),
                consulAddress(env),
                required(env, AGENT_IMAGE),
                required(env, HAPROXY_IMAGE),
                oneOf(env, PULL_POLICY, "IfNotPresent", Set.of("Always", "IfNotPresent", "Never")),
                oneOf(env, INTENTIONS_DEFAULT, "deny", Set.of("deny", "allow", "none")),
                preStopSleep(env),
                isTrue(env, POST_QUANTUM),
                certificateLifetime(env),
                namespace(env),
                ownership(env));
    }

    static String namespace(Map<String, String> env) {
        return required(env, NAMESPACE);
    }

    /** @param dns the cluster's, where the operator's own is that */
    MeshSettings mesh(Optional<ClusterDns> dns) {
        return new MeshSettings(
                cluster,
                consulAddress,
                agentImage,
                haproxyImage,
                imagePullPolicy,
                preStopSleepSeconds,
                postQuantum,
                dns);
    }

    static String cluster(Map<String, String> env) {
        String name = required(env, CLUSTER);
        if (!DnsLabel.isValid(name)) {
            throw wrong(CLUSTER, name, DnsLabel.RULE);
        }
        return name;
    }

    static String consulAddress(Map<String, String> env) {
        String address = required(env, CONSUL_ADDRESS);
        try {
            URI uri = URI.create(address);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (isHttp && uri.getHost() != null && uri.getPath().isEmpty()) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    wrong(CONSUL_ADDRESS, address, FORM).getMessage(), e);
        }
        throw wrong(CONSUL_ADDRESS, address, FORM);
    }

    private static int preStopSleep(Map<String, String> env) {
        String seconds = value(env, PRE_STOP_SLEEP).orElse("3");
        if (!seconds.matches("[0-9]{1,4}")) {
            throw wrong(PRE_STOP_SLEEP, seconds, "seconds, 0 for no pause");
        }
        return Integer.parseInt(seconds);
    }

    private static Duration certificateLifetime(Map<String, String> env) {
        String text = value(env, CERTIFICATE_LIFETIME).orElse("8760h");
        if (text.matches("[0-9]{1,9}[hms]")) {
            Duration lifetime = Duration.parse("PT" + text);
            if (lifetime.compareTo(SHORTEST_LIFETIME) >= 0) {
                return lifetime;
            }
        }
        throw wrong(CERTIFICATE_LIFETIME, text, "hours, minutes or seconds, at least 30s, for example 8760h");
    }

    private static OwnershipSettings ownership(Map<String, String> env) {
        String kept = value(env, SERVICE_NAMES_KEPT).orElse("10m");
        if (!kept.matches("[0-9]{1,6}[hms]")) {
            throw wrong(SERVICE_NAMES_KEPT, kept, "a duration, for example 10m");
        }
        boolean grantedOnly = isTrue(env, SERVICE_NAMES_GRANTED_ONLY);
        try {
            var listed = ListedServices.parse(value(env, SERVICES).orElse("{}"));
            return new OwnershipSettings(cluster(env), listed, grantedOnly, Duration.parse("PT" + kept));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(SERVICES + ": " + e.getMessage(), e);
        }
    }

    private static boolean isTrue(Map<String, String> env, String variable) {
        return Boolean.parseBoolean(oneOf(env, variable, "false", Set.of("true", "false")));
    }

    private static String oneOf(Map<String, String> env, String variable, String byDefault, Set<String> allowed) {
        String value = value(env, variable).orElse(byDefault);
        if (!allowed.contains(value)) {
            throw wrong(
                    variable,
                    value,
                    "one of " + String.join(", ", allowed.stream().sorted().toList()));
        }
        return value;
    }

    private static Optional<String> value(Map<String, String> env, String variable) {
        return Optional.ofNullable(env.get(variable)).filter(value -> !value.isBlank());
    }

    private static String required(Map<String, String> env, String variable) {
        return value(env, variable).orElseThrow(() -> new IllegalArgumentException(variable + " is not set"));
    }

    private static IllegalArgumentException wrong(String variable, String value, String expected) {
        return new IllegalArgumentException(variable + "=" + value + ": expected " + expected);
    }
}
