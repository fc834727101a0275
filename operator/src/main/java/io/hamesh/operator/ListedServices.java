package io.hamesh.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.model.DnsLabel;
import io.hamesh.model.ServiceName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The chart's value {@code services}, as the operator is given it: JSON, {@code {"api": {"namespaces": ["shop"]}}}. */
final class ListedServices {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String VALUE = "services";
    private static final String NAMESPACES = "namespaces";

    private ListedServices() {}

    /**
     * The namespaces that may be each service.
     *
     * @throws IllegalArgumentException naming the value that is wrong, and what would be right
     */
    static Map<String, List<String>> parse(String json) {
        Map<String, List<String>> services = new TreeMap<>();
        for (Map.Entry<String, JsonNode> service : tree(json).properties()) {
            String field = VALUE + "." + service.getKey();
            if (!ServiceName.isValid(service.getKey())) {
                throw new IllegalArgumentException(field + ": expected a service's name, " + ServiceName.RULE);
            }
            service.getValue().properties().stream()
                    .filter(entry -> !entry.getKey().equals(NAMESPACES))
                    .forEach(entry -> {
                        throw new IllegalArgumentException(
                                field + "." + entry.getKey() + ": no such value, expected " + NAMESPACES);
                    });
            services.put(service.getKey(), namespaces(field + "." + NAMESPACES, service.getValue()));
        }
        return services;
    }

    private static JsonNode tree(String json) {
        try {
            JsonNode tree = JSON.readTree(json);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(VALUE + ": not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException(
                VALUE + ": expected services by name, for example" + " {\"api\": {\"namespaces\": [\"shop\"]}}");
    }

    private static List<String> namespaces(String field, JsonNode service) {
        JsonNode list = service.path(NAMESPACES);
        if (!list.isArray() || list.isEmpty()) {
            throw new IllegalArgumentException(field + ": expected a list of at least one namespace");
        }
        List<String> namespaces = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode namespace : list) {
            String name = namespace.asText();
            if (!namespace.isTextual() || !DnsLabel.isValid(name)) {
                throw new IllegalArgumentException(
                        field + ": \"" + name + "\": expected a namespace's name, " + DnsLabel.RULE);
            }
            if (!seen.add(name)) {
                throw new IllegalArgumentException(field + ": \"" + name + "\" is there twice: keep one of them");
            }
            namespaces.add(name);
        }
        return namespaces;
    }
}
