package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One calling service, and whether its calls are let in. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "!(has(self.action) && has(self.permissions))",
        message = "action and permissions exclude each other: keep action (allow or deny all) or permissions")
@ValidationRule(value = "has(self.action) || has(self.permissions)", message = "needs an action: allow or deny")
public record Source(
        @Required
        @Size(max = Source.MAX_NAME)
        @ValidationRule(
                value = "self == '*' || self.matches('^[a-z0-9]([-._a-z0-9]*[a-z0-9])?$')",
                message =
                        "must be a service's name (lower-case letters, digits, '-', '.' and '_', starting and ending with a"
                                + " letter or digit), or '*'")
        @JsonPropertyDescription(
                "The calling service's name in Consul, or '*' for all that have no entry of their own.")
        @Nullable
        String name,

        @JsonPropertyDescription("allow or deny; excludes permissions.") @Nullable
        Action action,

        @Size(max = Source.MAX_DESCRIPTION) @JsonPropertyDescription("Shown in Consul's UI.") @Nullable
        String description,

        @Size(min = 1, max = Source.MAX_PERMISSIONS)
        @JsonPropertyDescription("Rules on the HTTP request, the first match wins; excludes action.")
        @Nullable
        List<Permission> permissions) {
    public static final int MAX_NAME = 128;

    /** Consul's own limit, which counts bytes. */
    public static final int MAX_DESCRIPTION = 512;

    static final int MAX_PERMISSIONS = 32;

    public Source {
        permissions = permissions == null ? null : List.copyOf(permissions);
    }
}
