package io.hamesh.operator.ownership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hamesh.model.OwnershipMark;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A claim's value: JSON, so that people and other tools can read it in Consul. */
final class HolderJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String CLUSTER = "cluster";
    private static final String NAMESPACES = "namespaces";
    private static final String LISTED = "listed";
    private static final String SINCE = "since";

    private HolderJson() {}

    static String write(Holder holder) {
        ObjectNode json = JSON.createObjectNode()
                .put(OwnershipMark.MANAGED_BY, OwnershipMark.HAMESH)
                .put(CLUSTER, holder.cluster())
                .put(LISTED, holder.listed())
                .put(SINCE, holder.since().toString());
        holder.namespaces().forEach(json.withArray(NAMESPACES)::add);
        return json.toString();
    }

    /** Empty for what no HAmesh wrote. */
    static Optional<Holder> read(String value) {
        try {
            JsonNode json = JSON.readTree(value);
            List<String> namespaces = new ArrayList<>();
            json.path(NAMESPACES).forEach(namespace -> namespaces.add(namespace.asText()));
            Instant since = Instant.parse(json.path(SINCE).asText());
            return Optional.of(new Holder(
                            json.path(CLUSTER).asText(),
                            namespaces,
                            json.path(LISTED).asBoolean(),
                            since))
                    .filter(holder ->
                            !holder.cluster().isEmpty() && !holder.namespaces().isEmpty());
        } catch (JsonProcessingException | DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
