package io.hamesh.operator.ownership;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.hamesh.model.OwnershipMark;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Who holds a name. In Consul it is a claim's value: JSON, so that people and other tools can read it.
 *
 * @param namespaces one, or the sorted ones that the values list
 * @param listed whether the values say so; such a claim ends only when they no longer do
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonPropertyOrder({OwnershipMark.MANAGED_BY, "cluster", "listed", "since", "namespaces"})
record Holder(String cluster, List<String> namespaces, boolean listed, Instant since) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    Holder {
        Objects.requireNonNull(cluster);
        Objects.requireNonNull(since);
        namespaces = List.copyOf(namespaces);
    }

    /** From a claim's value; empty for what no HAmesh wrote. */
    static Optional<Holder> read(String json) {
        try {
            return Optional.ofNullable(JSON.readValue(json, Holder.class))
                    .filter(holder ->
                            !holder.cluster().isEmpty() && !holder.namespaces().isEmpty());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** As a claim's value. */
    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // texts, an instant and a boolean
        }
    }

    @JsonProperty(value = OwnershipMark.MANAGED_BY, access = JsonProperty.Access.READ_ONLY)
    String managedBy() {
        return OwnershipMark.HAMESH;
    }

    boolean includes(Claimant claimant) {
        return namespaces.contains(claimant.namespace());
    }
}
