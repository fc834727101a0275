package io.hamesh.agent.lifecycle;

import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.model.Annotations;
import io.hamesh.model.ServiceSettings;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * Whether a pod may be ready under {@code require-loopback}. Until the application listens nobody knows whether it will
 * on loopback alone, so the pod is not ready until it has listened there once. Otherwise it would be ready for a moment
 * before its open port is seen.
 */
final class LoopbackRule {
    private final boolean required;
    private final OptionalInt appPort;
    private boolean appSeen;

    LoopbackRule(ServiceSettings service) {
        required = service.requireLoopback();
        appPort = service.port();
    }

    /** Why the pod is not to be ready, in words for its owner. */
    Optional<String> objection(Optional<AppPorts> ports) {
        if (!required) {
            return Optional.empty();
        }
        if (ports.isEmpty()) {
            return Optional.of(reason("the pod's listening sockets cannot be read"));
        }
        SortedSet<Integer> open = ports.get().open();
        SortedSet<Integer> loopback = ports.get().loopback();
        appSeen |= appPort.isEmpty() || loopback.contains(appPort.getAsInt());
        if (!open.isEmpty()) {
            return Optional.of(reason("open beyond loopback: port " + list(open)
                    + "; listen on 127.0.0.1 instead, or name a port that is"
                    + " meant to be open in " + Annotations.OPEN_PORTS));
        }
        return appSeen
                ? Optional.empty()
                : Optional.of(reason("nothing listens on 127.0.0.1:" + appPort.getAsInt() + " yet"));
    }

    private static String reason(String what) {
        return Annotations.REQUIRE_LOOPBACK + ": " + what;
    }

    private static String list(SortedSet<Integer> ports) {
        return ports.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
