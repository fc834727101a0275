package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person writes. Everything may be absent here, because what comes was not always checked by the CRD's schema:
 * an older schema may have let it pass.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceIntentionSpec(
        @Required @JsonPropertyDescription("The service whose callers are judged.") @Nullable
        Destination destination,

        @Required
        @Size(max = MAX_SOURCES)
        @ValidationRule(
                value = "size(self) > 0",
                message = "at least one source is needed, for example {name: www, action: allow}")
        @ValidationRule(
                value = "self.all(one, self.exists_one(other, other.name == one.name))",
                message = "each source name may appear once: merge the entries of the same name")
        @JsonPropertyDescription(
                "Who calls, and what becomes of it. The most exact name wins, then '*'; without a match the call is denied.")
        @Nullable
        List<Source> sources) {
    static final int MAX_SOURCES = 256;

    public ServiceIntentionSpec {
        sources = sources == null ? null : List.copyOf(sources);
    }
}
