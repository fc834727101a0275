package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.Policy;
import java.util.List;
import java.util.regex.Pattern;

/** The policy as lines of HAProxy's map: a source service's whole name, or {@code *}, and the verdict. */
public final class IntentionMap {
    /** What may stand in a SPIFFE id as a service's name. Any other source can never call, and could break a line. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,255}");

    private IntentionMap() {}

    public static List<String> lines(Policy policy) {
        return policy.sources().entrySet().stream()
                .filter(entry -> entry.getKey().equals(Policy.ANY)
                        || NAME.matcher(entry.getKey()).matches())
                .map(entry -> entry.getKey() + " " + entry.getValue().id() + "\n")
                .toList();
    }
}
