package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** A rule on the HTTP request. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Permission(
        @Required @JsonPropertyDescription("allow or deny, where the request matches.") @Nullable
        Action action,

        @Required @JsonPropertyDescription("What the request must look like; all that is given must match.") @Nullable
        HttpMatch http) {}
