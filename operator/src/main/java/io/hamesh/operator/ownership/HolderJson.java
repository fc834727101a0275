package io.hamesh.operator.ownership;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.model.OwnershipMark;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A claim's value: JSON, so that people and other tools can read it in Consul. */
@JsonIgnoreProperties(ignoreUnknown = true)
record HolderJson(
        @JsonProperty(OwnershipMark.MANAGED_BY) @Nullable String managedBy,
        @Nullable String cluster,
        boolean listed,
        @Nullable String since,
        @Nullable List<String> namespaces) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static String write(Holder holder) {
        var json = new HolderJson(
                OwnershipMark.HAMESH,
                holder.cluster(),
                holder.listed(),
                holder.since().toString(),
                holder.namespaces());
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // texts and a boolean
        }
    }

    /** Empty for what no HAmesh wrote. */
    static Optional<Holder> read(String value) {
        try {
            return Optional.ofNullable(JSON.readValue(value, HolderJson.class)).flatMap(HolderJson::holder);
        } catch (JsonProcessingException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private Optional<Holder> holder() {
        if (cluster == null || cluster.isEmpty() || since == null || namespaces == null || namespaces.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Holder(cluster, namespaces, listed, Instant.parse(since)));
    }
}
