package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What one header of a request must look like, in Consul's words. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        // Summed, not filtered: the API server's cost estimate allows only the cheaper form this deep in lists.
        value = "(has(self.present) ? 1 : 0) + (has(self.exact) ? 1 : 0) + (has(self.prefix) ? 1 : 0)"
                + " + (has(self.suffix) ? 1 : 0) + (has(self.contains) ? 1 : 0) + (has(self.regex) ? 1 : 0) == 1",
        message = "needs exactly one of present, exact, prefix, suffix, contains and regex")
public record HeaderMatch(
        @Required @Size(min = 1, max = HeaderMatch.MAX_NAME) @Nullable
        String name,

        @Nullable Boolean present,
        @Size(min = 1, max = HeaderMatch.MAX_TEXT) @Nullable String exact,
        @Size(min = 1, max = HeaderMatch.MAX_TEXT) @Nullable String prefix,
        @Size(min = 1, max = HeaderMatch.MAX_TEXT) @Nullable String suffix,
        @Size(min = 1, max = HeaderMatch.MAX_TEXT) @Nullable String contains,
        @Size(min = 1, max = HeaderMatch.MAX_TEXT) @Nullable String regex,
        @Nullable Boolean ignoreCase,
        @Nullable Boolean invert) {
    static final int MAX_NAME = 256;
    static final int MAX_TEXT = 1024;
}
