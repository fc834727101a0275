package io.hamesh.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request must look like, in Consul's words; all that is given must match. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "(has(self.pathExact) ? 1 : 0) + (has(self.pathPrefix) ? 1 : 0) + (has(self.pathRegex) ? 1 : 0) <= 1",
        message = "only one of pathExact, pathPrefix and pathRegex may be given")
@ValidationRule(
        value =
                "has(self.pathExact) || has(self.pathPrefix) || has(self.pathRegex) || has(self.methods) || has(self.header)",
        message = "needs at least one of pathExact, pathPrefix, pathRegex, methods and header")
public record HttpMatch(
        @Size(min = 1, max = HttpMatch.MAX_TEXT) @Nullable String pathExact,
        @Size(min = 1, max = HttpMatch.MAX_TEXT) @Nullable String pathPrefix,
        @Size(min = 1, max = HttpMatch.MAX_TEXT) @Nullable String pathRegex,

        @Size(min = 1, max = HttpMatch.MAX_METHODS) @Nullable
        List<Method> methods,

        @Size(min = 1, max = HttpMatch.MAX_HEADERS) @Nullable
        List<HeaderMatch> header) {
    static final int MAX_TEXT = 1024;
    static final int MAX_METHODS = 9;
    static final int MAX_HEADERS = 16;

    public HttpMatch {
        methods = methods == null ? null : List.copyOf(methods);
        header = header == null ? null : List.copyOf(header);
    }

    /** The methods that Consul knows; it refuses others. */
    public enum Method {
        GET,
        HEAD,
        POST,
        PUT,
        PATCH,
        DELETE,
        CONNECT,
        OPTIONS,
        TRACE
    }
}
