package io.hamesh.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The mesh's Consul, spoken to as any other tool would: its HTTP API and its CLI. */
record Consul(String url, Kubectl kubectl) {
    private static final List<String> CONFIG_ENTRIES = List.of(
            "service-intentions",
            "service-defaults",
            "proxy-defaults",
            "service-resolver",
            "service-router",
            "service-splitter",
            "mesh",
            "ingress-gateway",
            "terminating-gateway");

    /** {@code consul ARGUMENTS...} in Consul's own pod. */
    String cli(String... arguments) {
        String[] exec = {"exec", "service/hamesh-consul", "--", "consul"};
        return kubectl.run(Stream.of(exec, arguments).flatMap(Stream::of).toArray(String[]::new))
                .expectSuccess();
    }

    JsonNode get(String path) {
        return Json.tree(Http.get(url + path));
    }

    void put(String path, Object body) {
        Http.ok("PUT", url + path, Json.write(body));
    }

    String trustDomain() {
        return get("/v1/connect/ca/roots").path("TrustDomain").asText();
    }

    String activeRootId() {
        return get("/v1/connect/ca/roots").path("ActiveRootID").asText();
    }

    SpiffeId identity(String service) {
        return SpiffeId.of(trustDomain(), "dc1", service);
    }

    /** A genuine leaf of that service. */
    PemPair leaf(String service) {
        JsonNode leaf = get("/v1/agent/connect/ca/leaf/" + service);
        return new PemPair(
                leaf.path("CertPEM").asText(), leaf.path("PrivateKeyPEM").asText());
    }

    /** Makes Consul's built-in CA sign with this root from now on; the mesh follows, the former root stays trusted. */
    void signWith(PemPair root) {
        Map<String, Object> config = caConfiguration();
        config.put("RootCert", root.certificates());
        config.put("PrivateKey", root.privateKey());
        put("/v1/connect/ca/configuration", Map.of("Provider", "consul", "Config", config));
    }

    /** Back to a root of Consul's own making. */
    void signWithNewRoot() {
        Map<String, Object> config = caConfiguration();
        config.remove("RootCert");
        config.remove("PrivateKey");
        put("/v1/connect/ca/configuration", Map.of("Provider", "consul", "Config", config));
    }

    private Map<String, Object> caConfiguration() {
        Map<String, Object> config = new HashMap<>();
        get("/v1/connect/ca/configuration")
                .path("Config")
                .properties()
                .forEach(entry -> config.put(entry.getKey(), entry.getValue()));
        return config;
    }

    /** Declares what a service speaks, as an administrator does before any pod of it runs. */
    void setProtocol(String service, Protocol protocol) {
        put("/v1/config", Map.of("Kind", "service-defaults", "Name", service, "Protocol", protocol.id()));
    }

    void deleteProtocol(String service) {
        deleteEntry("service-defaults", service);
    }

    void deleteEntry(String kind, String name) {
        Http.ok("DELETE", url + "/v1/config/" + kind + "/" + name, "");
    }

    void deleteKey(String key) {
        Http.ok("DELETE", url + "/v1/kv/" + key, "");
    }

    /** The namespaces that hold the name, as Consul has it. */
    List<String> owners(String service) {
        HttpResponse<String> answer = Http.send("GET", url + "/v1/kv/hamesh/claims/" + service + "?raw", "");
        if (answer.statusCode() == 404) {
            return List.of();
        }
        JsonNode namespaces = Json.tree(answer.body()).path("namespaces");
        return StreamSupport.stream(namespaces.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** As if Consul had lost it. */
    void loseClaim(String service) {
        deleteKey("hamesh/claims/" + service);
    }

    /** The endpoints that sidecars would be given for that service. */
    List<String> endpoints(String service) {
        JsonNode entries = get("/v1/health/connect/" + service + "?passing");
        return StreamSupport.stream(entries.spliterator(), false)
                .map(e -> e.path("Service").path("Address").asText() + ":"
                        + e.path("Service").path("Port").asInt())
                .toList();
    }

    /** All that people and tools have put into Consul, a line each: what is Consul's own apart. */
    SortedSet<String> everything() {
        SortedSet<String> all = new TreeSet<>();
        for (JsonNode node : get("/v1/catalog/nodes")) {
            String name = node.path("Node").asText();
            all.add("node " + name);
            get("/v1/catalog/node-services/" + name)
                    .path("Services")
                    .forEach(service ->
                            all.add("service " + name + " " + service.path("ID").asText()));
            get("/v1/health/node/" + name)
                    .forEach(check -> all.add(
                            "check " + name + " " + check.path("CheckID").asText()));
        }
        for (String kind : CONFIG_ENTRIES) {
            get("/v1/config/" + kind)
                    .forEach(entry -> all.add(kind + " " + entry.path("Name").asText()));
        }
        HttpResponse<String> keys = Http.send("GET", url + "/v1/kv/?keys", "");
        if (keys.statusCode() != 404) {
            Json.tree(keys.body()).forEach(key -> all.add("key " + key.asText()));
        }
        return all;
    }

    /** Every instance of that service, whatever its health. */
    List<Instance> instances(String service) {
        JsonNode entries = get("/v1/health/service/" + service + "?consistent");
        return StreamSupport.stream(entries.spliterator(), false)
                .map(Instance::of)
                .toList();
    }

    /** Takes one instance out of the catalogue, past the operator. */
    void deregister(Instance instance) {
        put("/v1/catalog/deregister", Map.of("Node", instance.node(), "ServiceID", instance.id()));
    }

    /** Writes an endpoint of {@code service} into the catalogue, as a tool outside of the mesh could. */
    void register(String id, String service, String address, int port) {
        Map<String, Object> proxy = Map.of(
                "ID", id,
                "Service", id,
                "Kind", "connect-proxy",
                "Address", address,
                "Port", port,
                "Proxy", Map.of("DestinationServiceName", service));
        Map<String, Object> check =
                Map.of("Node", "node-" + id, "CheckID", id, "Name", "test", "ServiceID", id, "Status", "passing");
        put("/v1/catalog/register", Map.of("Node", "node-" + id, "Address", address, "Service", proxy, "Check", check));
    }

    void deregister(String id) {
        put("/v1/catalog/deregister", Map.of("Node", "node-" + id));
    }

    /** Writes a whole entry past the operator, whoever owned it. */
    void replaceIntention(String destination, String source, String action) {
        put(
                "/v1/config",
                Map.of(
                        "Kind",
                        "service-intentions",
                        "Name",
                        destination,
                        "Sources",
                        List.of(Map.of("Name", source, "Action", action))));
    }

    /** The {@code service-intentions} entry of that destination. */
    Optional<JsonNode> intentions(String destination) {
        HttpResponse<String> answer = Http.send("GET", url + "/v1/config/service-intentions/" + destination, "");
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(Json.tree(answer.body()));
    }
}
