package io.hamesh.operator.intention;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an intention. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceIntentionStatus(
        @JsonPropertyDescription("The generation of the spec that the conditions speak of.") @Nullable
        Long observedGeneration,

        @Size(max = 8)
        @JsonPropertyDescription(
                "Accepted: the spec is right, and has a destination of its namespace to itself. Synced: Consul holds it.")
        @Nullable
        List<Condition> conditions) {
    public ServiceIntentionStatus {
        conditions = conditions == null ? null : List.copyOf(conditions);
    }

    List<Condition> all() {
        return conditions == null ? List.of() : conditions;
    }
}
