package io.hamesh.operator.consul;

import static io.hamesh.operator.consul.ConsulTransport.JSON;

import com.ecwid.consul.SingleUrlParameters;
import com.ecwid.consul.UrlParameters;
import com.ecwid.consul.v1.ConsistencyMode;
import com.ecwid.consul.v1.NodeMetaParameters;
import com.ecwid.consul.v1.QueryParams;
import com.ecwid.consul.v1.Response;
import com.ecwid.consul.v1.catalog.CatalogClient;
import com.ecwid.consul.v1.catalog.CatalogConsulClient;
import com.ecwid.consul.v1.catalog.CatalogNodesRequest;
import com.ecwid.consul.v1.catalog.CatalogServicesRequest;
import com.ecwid.consul.v1.health.HealthClient;
import com.ecwid.consul.v1.health.HealthConsulClient;
import com.ecwid.consul.v1.health.model.Check;
import com.ecwid.consul.v1.kv.KeyValueClient;
import com.ecwid.consul.v1.kv.KeyValueConsulClient;
import com.ecwid.consul.v1.kv.model.GetValue;
import com.ecwid.consul.v1.kv.model.PutParams;
import com.ecwid.consul.v1.status.StatusClient;
import com.ecwid.consul.v1.status.StatusConsulClient;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hamesh.operator.consul.ConsulTransport.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The one door to Consul's HTTP API; safe for any number of threads. */
public final class ConsulGateway implements ConfigEntries, ConsulCatalog, KeyValues {
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};
    private static final Set<String> NOT_FIELDS =
            Set.of("Kind", "Name", "Meta", "CreateIndex", "ModifyIndex", "Hash", "Partition", "Namespace");

    /** In a transaction's errors: of a compare-and-set, and of a {@code check-index}. */
    private static final Pattern CAS_LOST =
            Pattern.compile("index is stale|failed index check|failed to check index, key .* doesn't exist");

    /** A server that just started answers from what it has replayed so far, unless it is asked to be consistent. */
    private static final QueryParams CONSISTENT = new QueryParams(ConsistencyMode.CONSISTENT);

    private static final String KEYS = "/v1/kv/";

    private final ConsulTransport http;
    private final KeyValueClient keyValues;
    private final CatalogClient catalog;
    private final HealthClient health;
    private final StatusClient status;

    /**
     * Asks nothing yet: Consul may be away.
     *
     * @param address base URL of Consul's HTTP API, for example {@code http://hamesh-consul.hamesh-system:8500}
     */
    public ConsulGateway(String address, MeterRegistry meters) {
        this.http = new ConsulTransport(URI.create(address), meters);
        this.keyValues = new KeyValueConsulClient(http.raw());
        this.catalog = new CatalogConsulClient(http.raw());
        this.health = new HealthConsulClient(http.raw());
        this.status = new StatusConsulClient(http.raw());
    }

    @Override
    public Optional<ConfigEntry> get(String kind, String name) {
        Answer answer = read("/v1/config/" + encode(kind) + "/" + encode(name));
        return answer.body().isObject() ? Optional.of(configEntry(answer.body())) : Optional.empty();
    }

    @Override
    public List<ConfigEntry> list(String kind) {
        return configEntries(read("/v1/config/" + encode(kind)));
    }

    @Override
    public Watched<List<ConfigEntry>> watch(String kind, long index, Duration wait) {
        Answer answer = await("/v1/config/" + encode(kind), index, wait);
        return new Watched<>(configEntries(answer), answer.index());
    }

    private static List<ConfigEntry> configEntries(Answer answer) {
        return stream(answer.body()).map(ConsulGateway::configEntry).toList();
    }

    @Override
    public boolean putCas(ConfigEntry entry) {
        ObjectNode body = JSON.valueToTree(entry.fields());
        body.put("Kind", entry.kind()).put("Name", entry.name()).set("Meta", JSON.valueToTree(entry.meta()));
        return isTrue(http.put("/v1/config", body, cas(entry.modifyIndex())));
    }

    @Override
    public boolean deleteCas(String kind, String name, long modifyIndex) {
        return isTrue(http.delete("/v1/config/" + encode(kind) + "/" + encode(name), cas(modifyIndex)));
    }

    private static UrlParameters cas(long modifyIndex) {
        return new SingleUrlParameters("cas", Long.toString(modifyIndex));
    }

    private static boolean isTrue(Answer answer) {
        return !answer.isMissing() && !answer.isConflict() && answer.body().asBoolean();
    }

    private static ConfigEntry configEntry(JsonNode json) {
        Map<String, Object> fields = new HashMap<>();
        JSON.convertValue(json, FIELDS).forEach((key, value) -> {
            if (value != null && !NOT_FIELDS.contains(key)) {
                fields.put(key, value);
            }
        });
        return new ConfigEntry(
                json.path("Kind").asText(),
                json.path("Name").asText(),
                CatalogJson.strings(json.path("Meta")),
                fields,
                json.path("ModifyIndex").asLong());
    }

    @Override
    public Optional<KeyValue> key(String key) {
        String endpoint = KEYS + path(key);
        return http.ask("GET", endpoint, Duration.ZERO, () -> Optional.ofNullable(
                        keyValues.getKVValue(path(key), CONSISTENT).getValue())
                .map(ConsulGateway::keyValue));
    }

    @Override
    public Watched<List<KeyValue>> keys(String prefix, long index, Duration wait) {
        return http.ask("GET", KEYS + path(prefix), waitFrom(index, wait), () -> {
            Response<List<GetValue>> answer = keyValues.getKVValues(path(prefix), query(index, wait));
            return watched(orEmpty(answer).stream().map(ConsulGateway::keyValue).toList(), answer);
        });
    }

    @Override
    public boolean putCas(KeyValue pair) {
        PutParams condition = new PutParams();
        condition.setCas(pair.modifyIndex());
        String endpoint = KEYS + path(pair.key());
        Response<Boolean> answer = http.ask(
                "PUT", endpoint, Duration.ZERO, () -> keyValues.setKVValue(path(pair.key()), pair.value(), condition));
        return Boolean.TRUE.equals(answer.getValue());
    }

    @Override
    public boolean deleteCas(KeyValue pair) {
        return isTrue(http.delete(KEYS + path(pair.key()), cas(pair.modifyIndex())));
    }

    private static KeyValue keyValue(GetValue found) {
        String value = Objects.requireNonNullElse(found.getDecodedValue(StandardCharsets.UTF_8), "");
        return new KeyValue(found.getKey(), value, found.getModifyIndex());
    }

    @Override
    public Optional<CatalogNode> node(String name) {
        JsonNode node = nodeServices(name).path("Node");
        return node.isObject() ? Optional.of(CatalogJson.node(node)) : Optional.empty();
    }

    @Override
    public List<CatalogNode> nodesWith(Map<String, String> meta) {
        CatalogNodesRequest request = CatalogNodesRequest.newBuilder()
                .setNodeMeta(encoded(meta))
                .setQueryParams(CONSISTENT)
                .build();
        return http.ask(
                "GET", "/v1/catalog/nodes", Duration.ZERO, () -> orEmpty(catalog.getCatalogNodes(request)).stream()
                        .map(node -> new CatalogNode(
                                orEmpty(node.getNode()),
                                orEmpty(node.getAddress()),
                                Objects.requireNonNullElse(node.getMeta(), Map.of()),
                                node.getModifyIndex()))
                        .toList());
    }

    @Override
    public Watched<List<String>> watchServices(Map<String, String> nodeMeta, long index, Duration wait) {
        CatalogServicesRequest request = CatalogServicesRequest.newBuilder()
                .setNodeMeta(encoded(nodeMeta))
                .setQueryParams(query(index, wait))
                .build();
        Response<Map<String, List<String>>> answer = http.ask(
                "GET", "/v1/catalog/services", waitFrom(index, wait), () -> catalog.getCatalogServices(request));
        Map<String, List<String>> found = Objects.requireNonNullElse(answer.getValue(), Map.of());
        return watched(List.copyOf(found.keySet()), answer);
    }

    @Override
    public Watched<List<CatalogCheck>> watchChecks(Map<String, String> nodeMeta, long index, Duration wait) {
        Answer answer = http.get(
                "/v1/health/state/any",
                waitFrom(index, wait),
                new NodeMetaParameters(encoded(nodeMeta)),
                query(index, wait));
        return new Watched<>(stream(answer.body()).map(CatalogJson::check).toList(), answer.index());
    }

    /** The client writes them into the URL as they are. */
    private static Map<String, String> encoded(Map<String, String> meta) {
        Map<String, String> encoded = new TreeMap<>();
        meta.forEach((key, value) -> encoded.put(encode(key), encode(value)));
        return encoded;
    }

    @Override
    public List<CatalogService> services(String node) {
        return stream(nodeServices(node).path("Services"))
                .map(CatalogJson::service)
                .toList();
    }

    @Override
    public List<CatalogInstance> instances(String service) {
        return Stream.of("service", "connect")
                .flatMap(of ->
                        stream(read("/v1/catalog/" + of + "/" + encode(service)).body()))
                .map(CatalogJson::instance)
                .toList();
    }

    private JsonNode nodeServices(String node) {
        return read("/v1/catalog/node-services/" + encode(node)).body();
    }

    @Override
    public List<CatalogCheck> checks(String node) {
        String endpoint = "/v1/health/node/" + encode(node);
        return http.ask(
                "GET",
                endpoint,
                Duration.ZERO,
                () -> orEmpty(health.getHealthChecksForNode(encode(node), CONSISTENT)).stream()
                        .map(ConsulGateway::check)
                        .toList());
    }

    private static CatalogCheck check(Check check) {
        boolean passing = check.getStatus() == Check.CheckStatus.PASSING;
        return new CatalogCheck(
                orEmpty(check.getCheckId()),
                orEmpty(check.getName()),
                orEmpty(check.getServiceId()),
                orEmpty(check.getServiceName()),
                passing ? CatalogCheck.Status.PASSING : CatalogCheck.Status.CRITICAL,
                orEmpty(check.getOutput()));
    }

    @Override
    public boolean commit(List<TxnOperation> operations) {
        if (operations.size() > MAX_OPERATIONS) {
            throw new IllegalArgumentException(operations.size() + " operations, Consul takes " + MAX_OPERATIONS);
        }
        ArrayNode body = JSON.createArrayNode();
        operations.forEach(operation -> body.add(CatalogJson.operation(operation)));
        Answer answer = http.put("/v1/txn", body);
        if (!answer.isConflict()) {
            return true;
        }
        List<String> errors = new ArrayList<>();
        answer.body()
                .path("Errors")
                .forEach(error -> errors.add(error.path("What").asText()));
        if (errors.stream().anyMatch(what -> CAS_LOST.matcher(what).find())) {
            return false;
        }
        throw new ConsulRefusedException(409, String.join("; ", errors));
    }

    /**
     * What Consul does where no intention matches: {@code allow} or {@code deny}; empty where it does not say. Unset, it is
     * the ACLs' default, and without ACLs allow (seen on 1.22.2).
     */
    public Optional<String> defaultIntentionPolicy() {
        JsonNode debug = http.get("/v1/agent/self").body().path("DebugConfig");
        JsonNode acl = debug.path("ACLResolverSettings");
        String unset = acl.path("ACLsEnabled").asBoolean()
                ? acl.path("ACLDefaultPolicy").asText()
                : "allow";
        return Optional.of(debug.path("DefaultIntentionPolicy").asText(""))
                .map(policy -> policy.isEmpty() ? unset : policy)
                .filter(policy -> debug.isObject() && !policy.isEmpty());
    }

    /** Whether Consul has a leader, which every write needs. */
    public boolean hasLeader() {
        Response<String> leader = http.ask("GET", "/v1/status/leader", Duration.ZERO, status::getStatusLeader);
        return leader.getValue() != null && !leader.getValue().isEmpty();
    }

    private static Stream<JsonNode> stream(JsonNode json) {
        return StreamSupport.stream(json.spliterator(), false);
    }

    private Answer read(String endpoint) {
        return http.get(endpoint, CONSISTENT);
    }

    private Answer await(String endpoint, long index, Duration wait) {
        return http.get(endpoint, waitFrom(index, wait), query(index, wait));
    }

    /** Index 0 is no index to wait for. */
    private static QueryParams query(long index, Duration wait) {
        return index == 0
                ? CONSISTENT
                : QueryParams.Builder.builder()
                        .setConsistencyMode(ConsistencyMode.CONSISTENT)
                        .setIndex(index)
                        .setWaitTime(Math.max(1, wait.toSeconds())) // 0 would be five minutes
                        .build();
    }

    private static Duration waitFrom(long index, Duration wait) {
        return index == 0 ? Duration.ZERO : wait;
    }

    /** The client says null where Consul says null or nothing. */
    private static <T> List<T> orEmpty(Response<List<T>> answer) {
        return Objects.requireNonNullElse(answer.getValue(), List.of());
    }

    private static String orEmpty(@Nullable String text) {
        return Objects.requireNonNullElse(text, "");
    }

    private static <T> Watched<T> watched(T value, Response<?> answer) {
        return new Watched<>(value, ConsulTransport.index(answer.getConsulIndex()));
    }

    /** A key is a path: its slashes stay. */
    private static String path(String key) {
        return encode(key).replace("%2F", "/");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
