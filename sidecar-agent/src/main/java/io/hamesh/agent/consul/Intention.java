package io.hamesh.agent.consul;

import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.SourceVerdict;
import io.hamesh.model.SpiffeId;
import java.util.Optional;

/**
 * One entry of {@code intentions/match}, in Consul's words; an empty text is an absent field.
 *
 * @param precedence the higher wins: 9 exact → exact, 8 {@code *} → exact, 6 exact → {@code *}, 5 {@code *} → {@code *}
 */
record Intention(
        String source,
        String namespace,
        String partition,
        String peer,
        String samenessGroup,
        String action,
        boolean hasPermissions,
        boolean hasJwt,
        int precedence) {

    /** Whether it speaks of services in our own trust domain; others are no callers that could be let in. */
    boolean isLocal() {
        return isDefault(namespace) && isDefault(partition) && peer.isEmpty();
    }

    boolean isOfAny() {
        return source.equals(Policy.ANY);
    }

    /** Allowed only where nothing is asked for that would go unenforced. */
    SourceVerdict verdict() {
        return action.equals("allow") && notEnforced().isEmpty() ? SourceVerdict.ALLOW : SourceVerdict.DENY;
    }

    /** What in it this data plane cannot enforce, so that it denies instead. */
    Optional<String> notEnforced() {
        if (hasPermissions) {
            return Optional.of("permissions");
        }
        if (hasJwt) {
            return Optional.of("jwt");
        }
        if (!samenessGroup.isEmpty()) {
            return Optional.of("sameness group");
        }
        return action.equals("allow") || action.equals("deny") ? Optional.empty() : Optional.of("action");
    }

    private static boolean isDefault(String value) {
        return value.isEmpty() || value.equals(SpiffeId.DEFAULT_NAMESPACE);
    }
}
