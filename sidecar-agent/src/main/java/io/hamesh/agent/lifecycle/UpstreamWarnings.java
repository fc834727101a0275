package io.hamesh.agent.lifecycle;

import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.UpstreamState;
import java.util.List;
import java.util.stream.Stream;

/** What of a snapshot the pod's owner should hear about: the reason of an Event, a blank, its message. */
final class UpstreamWarnings {
    private UpstreamWarnings() {}

    static List<String> of(MeshSnapshot snapshot) {
        return snapshot.upstreams().stream()
                .flatMap(UpstreamWarnings::redirected)
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<String> redirected(UpstreamState state) {
        return state.redirect().stream()
                .map(to -> "UpstreamRedirected upstream \"" + state.upstream().service()
                        + "\": a service-resolver in Consul redirects it to \"" + to
                        + "\", which HAmesh does not follow yet; without endpoints of its own it is answered 503");
    }
}
