package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator says of an intention: whether it is right, and whether Consul has it. */
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

    /** The conditions; none where nothing was told yet. */
    public List<Condition> all() {
        return conditions == null ? List.of() : conditions;
    }
}
