package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.ServerLine;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.UpstreamState;
import io.hamesh.haproxy.RuntimeApi;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds and removes servers at run time. A server that is removed gets no new connection, and is deleted once its open
 * ones have ended. So no request is lost when an endpoint leaves Consul before its pod stops.
 */
final class ServerDrain {
    private final RuntimeApi api;
    private final ServerLine lines;
    private final Set<String> leaving = new LinkedHashSet<>();

    ServerDrain(RuntimeApi api, ServerLine lines) {
        this.api = api;
        this.lines = lines;
    }

    void add(UpstreamState upstream, Endpoint endpoint) throws IOException {
        List<String> unknown = new ArrayList<>();
        for (String server : paths(upstream, endpoint)) {
            if (leaving.remove(server)) {
                api.enableServer(server);
            } else {
                unknown.add(server);
            }
        }
        if (!unknown.isEmpty()) {
            api.addServers(unknown, ServerLine.address(endpoint), lines.options(upstream));
        }
    }

    void remove(UpstreamState upstream, Endpoint endpoint) throws IOException {
        List<String> servers = paths(upstream, endpoint);
        api.disableServers(servers);
        leaving.addAll(servers);
    }

    /** Deletes the removed servers whose connections have ended. */
    void sweep() throws IOException {
        for (Iterator<String> each = leaving.iterator(); each.hasNext(); ) {
            if (api.deleteServer(each.next())) {
                each.remove();
            }
        }
    }

    /** Whether some are removed and not deleted yet. */
    boolean isUnderWay() {
        return !leaving.isEmpty();
    }

    /** Forgets the removed servers, because a new worker never had them. */
    void forget() {
        leaving.clear();
    }

    private static List<String> paths(UpstreamState upstream, Endpoint endpoint) {
        return ServerLine.backends(upstream).stream()
                .map(backend -> backend + "/" + ServerLine.name(endpoint))
                .toList();
    }
}
