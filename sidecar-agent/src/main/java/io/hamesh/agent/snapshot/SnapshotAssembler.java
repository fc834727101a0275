package io.hamesh.agent.snapshot;

import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the watches learn, each at its own time, and gives the newest complete snapshot to the one writer.
 * Nothing queues: what came and went while the writer was busy, the writer never sees.
 */
public final class SnapshotAssembler {
    private final ServiceSettings service;
    private final PodAddresses pod;
    private final Map<String, Protocol> protocols = new HashMap<>();
    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private @Nullable Leaf leaf;
    private @Nullable List<String> roots;
    private @Nullable Policy policy;

    public SnapshotAssembler(ServiceSettings service, PodAddresses pod) {
        this.service = service;
        this.pod = pod;
    }

    public synchronized void leaf(Leaf newest) {
        leaf = newest;
        notifyAll();
    }

    /** Every certificate that Consul lists; an empty list is no news, since it would verify nobody. */
    public synchronized void roots(List<String> newest) {
        if (!newest.isEmpty()) {
            roots = List.copyOf(newest);
            notifyAll();
        }
    }

    public synchronized void policy(Policy newest) {
        policy = newest;
        notifyAll();
    }

    /** What the upstream {@code name} speaks. */
    public synchronized void protocol(String name, Protocol newest) {
        protocols.put(name, newest);
        notifyAll();
    }

    /** Where the upstream {@code name} is served now; an empty list is an answer, too. */
    public synchronized void endpoints(String name, List<Endpoint> newest) {
        endpoints.put(name, List.copyOf(newest));
        notifyAll();
    }

    /**
     * Waits for a complete snapshot that differs from {@code known}.
     *
     * @return the newest one, or empty when there was none for {@code patience}
     */
    public synchronized Optional<MeshSnapshot> awaitOtherThan(Optional<MeshSnapshot> known, Duration patience)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<MeshSnapshot> newest = newest();
            if (newest.isPresent() && !newest.equals(known)) {
                return newest;
            }
            long millis = (end - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return Optional.empty();
            }
            wait(millis);
        }
    }

    /** What no watch has told yet, in words for a log: {@code leaf}, {@code endpoints of redis}. */
    public synchronized List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (leaf == null) {
            missing.add("leaf");
        }
        if (roots == null) {
            missing.add("roots");
        }
        if (policy == null) {
            missing.add("intentions");
        }
        for (Upstream upstream : service.upstreams()) {
            if (!protocols.containsKey(upstream.service())) {
                missing.add("discovery chain of " + upstream.service());
            }
            if (!endpoints.containsKey(upstream.service())) {
                missing.add("endpoints of " + upstream.service());
            }
        }
        return missing;
    }

    private Optional<MeshSnapshot> newest() {
        Leaf ownLeaf = leaf;
        List<String> knownRoots = roots;
        Policy knownPolicy = policy;
        if (ownLeaf == null || knownRoots == null || knownPolicy == null) {
            return Optional.empty();
        }
        List<UpstreamState> upstreams = new ArrayList<>();
        for (Upstream upstream : service.upstreams()) {
            Protocol protocol = protocols.get(upstream.service());
            List<Endpoint> served = endpoints.get(upstream.service());
            if (protocol == null || served == null) {
                return Optional.empty();
            }
            upstreams.add(new UpstreamState(upstream, protocol, identityOf(upstream, ownLeaf.identity()), served));
        }
        return Optional.of(new MeshSnapshot(service, pod, ownLeaf, knownRoots, knownPolicy, upstreams));
    }

    // A neighbour in our own trust domain and datacenter: no endpoint of another is asked for.
    private static SpiffeId identityOf(Upstream upstream, SpiffeId own) {
        return new SpiffeId(own.trustDomain(), own.namespace(), own.datacenter(), upstream.service());
    }
}
