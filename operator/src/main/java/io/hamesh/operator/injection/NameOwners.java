package io.hamesh.operator.injection;

import java.util.Optional;

/** Who may be a service. */
@FunctionalInterface
public interface NameOwners {
    /** Why pods of that namespace may not, and what would be right; empty where they may. Without side effects. */
    Optional<String> refusal(String service, String namespace);
}
