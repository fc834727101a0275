package io.hamesh.operator.consul;

import static io.hamesh.operator.consul.HttpExchange.JSON;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hamesh.operator.consul.HttpExchange.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The one door to Consul's HTTP API; safe for any number of threads. */
public final class ConsulGateway implements ConfigEntries, ConsulCatalog, KeyValues {
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};
    private static final Set<String> NOT_FIELDS =
            Set.of("Kind", "Name", "Meta", "CreateIndex", "ModifyIndex", "Hash", "Partition", "Namespace");

    /** In a transaction's errors: of a compare-and-set, and of a {@code check-index}. */
    private static final Pattern CAS_LOST =
            Pattern.compile("index is stale|failed index check|failed to check index, key .* doesn't exist");

    private final HttpExchange http;

    /**
     * Asks nothing yet: Consul may be away.
     *
     * @param address base URL of Consul's HTTP API, for example {@code http://hamesh-consul.hamesh-system:8500}
     */
    public ConsulGateway(String address, MeterRegistry meters) {
        this.http = new HttpExchange(URI.create(address), meters);
    }

    @Override
    public Optional<ConfigEntry> get(String kind, String name) {
        Answer answer = read("/v1/config/" + encode(kind) + "/" + encode(name));
        return answer.isMissing() ? Optional.empty() : Optional.of(configEntry(answer.body()));
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
        return isTrue(http.put("/v1/config?cas=" + entry.modifyIndex(), body));
    }

    @Override
    public boolean deleteCas(String kind, String name, long modifyIndex) {
        return isTrue(http.delete("/v1/config/" + encode(kind) + "/" + encode(name) + "?cas=" + modifyIndex));
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
        Answer answer = read("/v1/kv/" + path(key));
        return stream(answer.body()).map(ConsulGateway::keyValue).findFirst();
    }

    @Override
    public Watched<List<KeyValue>> keys(String prefix, long index, Duration wait) {
        Answer answer = await("/v1/kv/" + path(prefix) + "?recurse", index, wait);
        List<KeyValue> pairs =
                stream(answer.body()).map(ConsulGateway::keyValue).toList();
        return new Watched<>(pairs, answer.index());
    }

    @Override
    public boolean putCas(KeyValue pair) {
        return isTrue(http.put("/v1/kv/" + path(pair.key()) + "?cas=" + pair.modifyIndex(), pair.value()));
    }

    @Override
    public boolean deleteCas(KeyValue pair) {
        return isTrue(http.delete("/v1/kv/" + path(pair.key()) + "?cas=" + pair.modifyIndex()));
    }

    private static KeyValue keyValue(JsonNode json) {
        String value = new String(Base64.getDecoder().decode(json.path("Value").asText("")), StandardCharsets.UTF_8);
        return new KeyValue(
                json.path("Key").asText(), value, json.path("ModifyIndex").asLong());
    }

    @Override
    public Optional<CatalogNode> node(String name) {
        JsonNode node = nodeServices(name).path("Node");
        return node.isObject() ? Optional.of(CatalogJson.node(node)) : Optional.empty();
    }

    @Override
    public List<CatalogNode> nodesWith(Map<String, String> meta) {
        return stream(read("/v1/catalog/nodes" + nodeMeta(meta)).body())
                .map(CatalogJson::node)
                .toList();
    }

    @Override
    public Watched<List<String>> watchServices(Map<String, String> nodeMeta, long index, Duration wait) {
        Answer answer = await("/v1/catalog/services" + nodeMeta(nodeMeta), index, wait);
        return new Watched<>(List.copyOf(CatalogJson.strings(answer.body()).keySet()), answer.index());
    }

    @Override
    public Watched<List<CatalogCheck>> watchChecks(Map<String, String> nodeMeta, long index, Duration wait) {
        Answer answer = await("/v1/health/state/any" + nodeMeta(nodeMeta), index, wait);
        return new Watched<>(stream(answer.body()).map(CatalogJson::check).toList(), answer.index());
    }

    private static String nodeMeta(Map<String, String> meta) {
        return new TreeMap<>(meta)
                .entrySet().stream()
                        .map(pair -> "node-meta=" + encode(pair.getKey() + ":" + pair.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
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
        return stream(read("/v1/health/node/" + encode(node)).body())
                .map(CatalogJson::check)
                .toList();
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
        return !http.get("/v1/status/leader").body().asText().isEmpty();
    }

    private static Stream<JsonNode> stream(JsonNode json) {
        return StreamSupport.stream(json.spliterator(), false);
    }

    /** A server that just started answers from what it has replayed so far, unless it is asked to be consistent. */
    private Answer read(String pathAndQuery) {
        return http.get(pathAndQuery + (pathAndQuery.contains("?") ? "&" : "?") + "consistent");
    }

    private Answer await(String pathAndQuery, long index, Duration wait) {
        if (index == 0) {
            return read(pathAndQuery); // index 0 is no index to wait for
        }
        String blocking = (pathAndQuery.contains("?") ? "&" : "?") + "consistent&index=" + index + "&wait="
                + wait.toMillis() + "ms";
        return http.get(pathAndQuery + blocking, wait);
    }

    /** A key is a path: its slashes stay. */
    private static String path(String key) {
        return encode(key).replace("%2F", "/");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
