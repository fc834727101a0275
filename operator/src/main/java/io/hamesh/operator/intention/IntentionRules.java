package io.hamesh.operator.intention;

import io.hamesh.model.ServiceName;
import io.hamesh.operator.api.v1alpha1.Destination;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.api.v1alpha1.ServiceIntentionSpec;
import io.hamesh.operator.api.v1alpha1.Source;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks an intention's spec, and tells all problems at once, each with the field's path and the fix. The CRD's schema
 * has most of these rules too, and the API server applies it first.
 */
final class IntentionRules {
    private static final Pattern SOURCE = Pattern.compile("[a-z0-9]([-._a-z0-9]*[a-z0-9])?");
    private static final String SOURCE_RULE =
            "lower-case letters, digits, '-', '.' and '_', starting and ending with a letter or digit, at most "
                    + Source.MAX_NAME + " characters";

    private final String namespace;
    private final String releaseNamespace;
    private final List<String> problems = new ArrayList<>();

    private IntentionRules(String namespace, String releaseNamespace) {
        this.namespace = namespace;
        this.releaseNamespace = releaseNamespace;
    }

    /**
     * What is wrong; nothing where all is right.
     *
     * @param releaseNamespace the only one whose intentions may have the destination {@code *}
     */
    static List<String> problems(ServiceIntention intention, String releaseNamespace) {
        var rules = new IntentionRules(intention.getMetadata().getNamespace(), releaseNamespace);
        ServiceIntentionSpec spec = intention.getSpec();
        if (spec == null) {
            rules.add("spec", "is missing: say destination and sources");
        } else {
            rules.checkDestination(spec.destination());
            rules.checkSources(spec.sources() == null ? List.of() : spec.sources());
        }
        return List.copyOf(rules.problems);
    }

    private void checkDestination(@Nullable Destination destination) {
        String field = "spec.destination.name";
        String name = destination == null ? null : destination.name();
        if (name == null || name.isEmpty()) {
            add(field, "is missing: name the service that is called");
        } else if (name.equals(Destination.ANY) && !namespace.equals(releaseNamespace)) {
            add(
                    field,
                    "\"*\" speaks for every service, which only namespace " + releaseNamespace
                            + " may do: name one service, or create this ServiceIntention there");
        } else if (!name.equals(Destination.ANY) && !ServiceName.isValid(name)) {
            add(field, "\"" + name + "\" is no service's name: use " + ServiceName.RULE);
        }
    }

    private void checkSources(List<Source> sources) {
        if (sources.isEmpty()) {
            add("spec.sources", "at least one source is needed, for example {name: www, action: allow}");
        }
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            String field = "spec.sources[" + i + "]";
            checkName(field + ".name", source.name());
            checkAction(field, source);
            checkDescription(field + ".description", source.description());
            Integer first = source.name() == null ? null : seen.putIfAbsent(source.name(), i);
            if (first != null) {
                add(
                        field + ".name",
                        "\"" + source.name() + "\" is already in spec.sources[" + first + "]: keep one of them");
            }
        }
    }

    private void checkName(String field, @Nullable String name) {
        if (name == null || name.isEmpty()) {
            add(field, "is missing: name the calling service, or \"*\" for all others");
        } else if (!name.equals(Destination.ANY)
                && (name.length() > Source.MAX_NAME || !SOURCE.matcher(name).matches())) {
            add(field, "\"" + name + "\" is no service's name: use " + SOURCE_RULE + ", or \"*\" for all others");
        }
    }

    private void checkAction(String field, Source source) {
        if (source.permissions() != null && source.action() != null) {
            add(field, "action and permissions exclude each other: remove permissions and keep action");
        } else if (source.permissions() != null) {
            add(
                    field + ".permissions",
                    "are not enforced by the sidecars yet, so they are not accepted: use action: allow or action: deny");
        } else if (source.action() == null) {
            add(field + ".action", "is missing: use allow or deny");
        }
    }

    private void checkDescription(String field, @Nullable String description) {
        if (description != null) {
            int bytes = description.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Source.MAX_DESCRIPTION) {
                add(field, "has " + bytes + " bytes: Consul takes at most " + Source.MAX_DESCRIPTION);
            }
        }
    }

    private void add(String field, String message) {
        problems.add(field + ": " + message);
    }
}
