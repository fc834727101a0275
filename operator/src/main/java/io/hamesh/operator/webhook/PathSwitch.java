package io.hamesh.operator.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which paths are answered, and which one the API server is to ask, while one replaces another. An empty token is the
 * plain path, which is asked as long as some pod of the operator knows no other.
 */
final class PathSwitch {
    /** For this long after it stood in a webhook configuration: API servers learn of a new one at their own pace. */
    static final Duration ANSWERED_ON = Duration.ofSeconds(20);

    /**
     * @param asked what stands in the webhook configurations
     * @param stored follows from the certificate in the Secret
     * @param served follows from the certificate that is served, which all replicas know
     * @param everywhere whether each pod of the operator compares the path
     */
    record State(Set<Optional<PathToken>> asked, PathToken stored, PathToken served, boolean everywhere) {}

    private final Map<Optional<PathToken>, Instant> lastAsked = new HashMap<>();

    /** What is answered from now on. Whoever may write a webhook configuration decides what is asked, so that counts too. */
    Set<Optional<PathToken>> answered(State state, Instant now) {
        state.asked().forEach(token -> lastAsked.put(token, now));
        lastAsked.values().removeIf(seen -> seen.plus(ANSWERED_ON).isBefore(now));
        Set<Optional<PathToken>> answered = new HashSet<>(lastAsked.keySet());
        answered.add(Optional.of(state.stored()));
        answered.add(Optional.of(state.served()));
        toWrite(state).ifPresent(answered::add);
        return answered;
    }

    /** Whether nothing here changes until something else does. */
    boolean isSettled(State state) {
        return state.everywhere()
                && toWrite(state).isEmpty()
                && lastAsked.keySet().equals(state.asked());
    }

    /** What to write, as the one token of all paths; empty where what stands there may stay. */
    Optional<Optional<PathToken>> toWrite(State state) {
        Optional<PathToken> wanted = state.everywhere() ? Optional.of(state.served()) : Optional.empty();
        boolean stays = state.asked().size() <= 1
                && state.asked().stream()
                        .allMatch(token -> token.equals(wanted)
                                || (state.everywhere() && token.equals(Optional.of(state.stored()))));
        return stays ? Optional.empty() : Optional.of(wanted);
    }
}
