package io.hamesh.operator.consul;

import static io.hamesh.operator.consul.ConsulTransport.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hamesh.operator.consul.CatalogService.ProxyOf;
import io.hamesh.operator.consul.TxnOperation.CheckKey;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import io.hamesh.operator.consul.TxnOperation.RemoveService;
import io.hamesh.operator.consul.TxnOperation.SetCheck;
import io.hamesh.operator.consul.TxnOperation.SetNode;
import io.hamesh.operator.consul.TxnOperation.SetService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The catalog's records as Consul spells them in JSON. Read and written by hand: Consul omits or nulls what is empty, has a
 * service and its proxy in one object, and its node now inside and now beside it, so that records for Jackson need more lines.
 */
final class CatalogJson {
    private static final String CONNECT_PROXY = "connect-proxy";

    private CatalogJson() {}

    /** One step of a transaction. */
    static ObjectNode operation(TxnOperation operation) {
        return switch (operation) {
            case SetNode set -> step("Node", "cas", node(set.node()));
            case DeleteNode delete -> step("Node", "delete-cas", node(delete.node()));
            case SetService set -> step("set", set.node(), set.service());
            case DeleteService delete -> step("delete-cas", delete.node(), delete.service());
            case RemoveService remove -> step("delete", remove.node(), remove.service());
            case SetCheck set -> step("Check", "set", check(set.node(), set.check()));
            case CheckKey check -> JSON.createObjectNode().set("KV", key(check));
        };
    }

    private static ObjectNode step(String type, String verb, ObjectNode value) {
        ObjectNode inner = JSON.createObjectNode().put("Verb", verb).set(type, value);
        return JSON.createObjectNode().set(type, inner);
    }

    private static ObjectNode step(String verb, String node, CatalogService service) {
        ObjectNode step = step("Service", verb, service(service));
        ((ObjectNode) step.get("Service")).put("Node", node);
        return step;
    }

    private static ObjectNode key(CheckKey check) {
        return JSON.createObjectNode()
                .put("Verb", "check-index")
                .put("Key", check.key())
                .put("Index", check.modifyIndex());
    }

    private static ObjectNode node(CatalogNode node) {
        ObjectNode json = JSON.createObjectNode()
                .put("Node", node.name())
                .put("Address", node.address())
                .put("ModifyIndex", node.modifyIndex());
        return json.set("Meta", JSON.valueToTree(node.meta()));
    }

    static CatalogNode node(JsonNode json) {
        return new CatalogNode(
                json.path("Node").asText(),
                json.path("Address").asText(),
                strings(json.path("Meta")),
                json.path("ModifyIndex").asLong());
    }

    private static ObjectNode service(CatalogService service) {
        ObjectNode json = JSON.createObjectNode()
                .put("ID", service.id())
                .put("Service", service.name())
                .put("Address", service.address())
                .put("Port", service.port())
                .put("ModifyIndex", service.modifyIndex());
        json.set("Tags", JSON.valueToTree(service.tags()));
        json.set("Meta", JSON.valueToTree(service.meta()));
        service.proxy().ifPresent(proxy -> json.put("Kind", CONNECT_PROXY).set("Proxy", proxy(proxy)));
        return json;
    }

    static CatalogService service(JsonNode json) {
        List<String> tags = new ArrayList<>();
        json.path("Tags").forEach(tag -> tags.add(tag.asText()));
        return new CatalogService(
                json.path("ID").asText(),
                json.path("Service").asText(),
                json.path("Address").asText(),
                json.path("Port").asInt(),
                tags,
                strings(json.path("Meta")),
                proxy(json),
                json.path("ModifyIndex").asLong());
    }

    private static ObjectNode proxy(ProxyOf proxy) {
        return JSON.createObjectNode()
                .put("DestinationServiceName", proxy.serviceName())
                .put("DestinationServiceID", proxy.serviceId())
                .put("LocalServiceAddress", "127.0.0.1")
                .put("LocalServicePort", proxy.localPort());
    }

    private static Optional<ProxyOf> proxy(JsonNode json) {
        if (!CONNECT_PROXY.equals(json.path("Kind").asText())) {
            return Optional.empty();
        }
        JsonNode proxy = json.path("Proxy");
        return Optional.of(new ProxyOf(
                proxy.path("DestinationServiceName").asText(),
                proxy.path("DestinationServiceID").asText(),
                proxy.path("LocalServicePort").asInt()));
    }

    private static ObjectNode check(String node, CatalogCheck check) {
        return JSON.createObjectNode()
                .put("Node", node)
                .put("CheckID", check.id())
                .put("Name", check.name())
                .put("ServiceID", check.serviceId())
                .put("ServiceName", check.serviceName())
                .put("Status", check.status().word())
                .put("Output", check.output());
    }

    static CatalogCheck check(JsonNode json) {
        return new CatalogCheck(
                json.path("CheckID").asText(),
                json.path("Name").asText(),
                json.path("ServiceID").asText(),
                json.path("ServiceName").asText(),
                CatalogCheck.Status.of(json.path("Status").asText()),
                json.path("Output").asText());
    }

    static CatalogInstance instance(JsonNode json) {
        return new CatalogInstance(
                json.path("Node").asText(), json.path("ServiceID").asText(), strings(json.path("ServiceMeta")));
    }

    static Map<String, String> strings(JsonNode json) {
        Map<String, String> strings = new TreeMap<>();
        json.properties()
                .forEach(field -> strings.put(field.getKey(), field.getValue().asText()));
        return strings;
    }
}
