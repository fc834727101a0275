package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.hamesh.model.DnsLabel;
import org.jspecify.annotations.Nullable;

/** The service that an intention protects. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Destination(
        @Required
        @Size(max = DnsLabel.MAX_LENGTH)
        @ValidationRule(
                value = "self == '*' || self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
                message =
                        "must be a service's name (lower-case letters, digits and '-', starting and ending with a letter or"
                                + " digit), or '*'")
        @ValidationRule(
                value = "self == oldSelf",
                message = "cannot be changed: delete this ServiceIntention and create one for the other destination")
        @JsonPropertyDescription("The service's name in Consul; '*' (every service) only in the release's namespace.")
        @Nullable
        String name) {
    /** As a destination or a source: every service. */
    public static final String ANY = "*";
}
