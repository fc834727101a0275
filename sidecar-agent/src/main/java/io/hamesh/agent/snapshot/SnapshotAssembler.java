package io.hamesh.agent.snapshot;

import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import io.hamesh.model.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
    private final Map<String, Optional<String>> redirects = new HashMap<>();
    private final Map<String, List<Endpoint>> endpoints = new HashMap<>();
    private final InstantSource clock;
    private @Nullable Leaf leaf;
    private @Nullable Roots roots;
    private @Nullable Policy policy;
    private @Nullable TrustDomainMove move;

    /** The newest, as long as nothing changes: it is asked for every three seconds. */
    private @Nullable MeshSnapshot settled;

    public SnapshotAssembler(ServiceSettings service, PodAddresses pod) {
        this(service, pod, InstantSource.system());
    }

    SnapshotAssembler(ServiceSettings service, PodAddresses pod, InstantSource clock) {
        this.service = service;
        this.pod = pod;
        this.clock = clock;
    }

    public synchronized void leaf(Leaf newest) {
        leaf = newest;
        changed();
    }

    /**
     * Every root that Consul lists; an empty list is no news, since it would verify nobody. To be told before anything else
     * that may come from another Consul: with another trust domain all that was told before is of the past.
     */
    public synchronized void roots(Roots newest) {
        if (newest.certificates().isEmpty()) {
            return;
        }
        Roots before = roots;
        if (before != null && !before.trustDomain().equals(newest.trustDomain())) {
            Instant now = clock.instant();
            move = newest(now).map(former -> new TrustDomainMove(former, now)).orElse(null);
            leaf = null;
            policy = null;
            protocols.clear();
            redirects.clear();
            endpoints.clear();
        }
        roots = newest;
        changed();
    }

    public synchronized void policy(Policy newest) {
        policy = newest;
        changed();
    }

    /** What the upstream {@code name} speaks, and where a service-resolver would lead its callers. */
    public synchronized void chain(String name, Protocol newest, Optional<String> redirect) {
        protocols.put(name, newest);
        redirects.put(name, redirect);
        changed();
    }

    /** What the upstream {@code name} speaks, where its callers are led nowhere else. */
    public void protocol(String name, Protocol newest) {
        chain(name, newest, Optional.empty());
    }

    /** Where the upstream {@code name} is served now; an empty list is an answer, too. */
    public synchronized void endpoints(String name, List<Endpoint> newest) {
        endpoints.put(name, List.copyOf(newest));
        changed();
    }

    /**
     * Waits for a complete snapshot that differs from {@code known}.
     *
     * @return the newest one, or empty when there was none for {@code patience}
     */
    public synchronized Optional<MeshSnapshot> awaitOtherThan(Optional<MeshSnapshot> known, Duration patience)
            throws InterruptedException {
        Instant end = clock.instant().plus(patience);
        while (true) {
            Instant now = clock.instant();
            Optional<MeshSnapshot> newest = newest(now);
            if (newest.isPresent() && !newest.equals(known)) {
                return newest;
            }
            Duration rest = Duration.between(now, end);
            if (!rest.isPositive()) {
                return Optional.empty();
            }
            wait(shorter(rest, untilNextStep(now)).toMillis() + 1);
        }
    }

    /** What no watch has told yet, in words for a log: {@code leaf}, {@code endpoints of redis}. */
    public synchronized List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (leaf() == null) {
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

    private void changed() {
        settled = null;
        notifyAll();
    }

    private Optional<MeshSnapshot> newest(Instant now) {
        MeshSnapshot known = settled;
        if (known != null) {
            return Optional.of(known);
        }
        Optional<MeshSnapshot> newest = assembled(now);
        if (move == null) { // a move goes on with time alone
            settled = newest.orElse(null);
        }
        return newest;
    }

    private Optional<MeshSnapshot> assembled(Instant now) {
        TrustDomainMove moving = move;
        if (moving != null && moving.isOver(now) && leaf() != null) {
            move = null;
            return assembled(now);
        }
        Roots trusted = roots;
        Leaf shown = moving == null ? leaf() : moving.leaf(leaf(), now);
        Policy judging = moving == null ? policy : moving.policy(policy, now);
        if (trusted == null || shown == null || judging == null) {
            return Optional.empty();
        }
        return upstreams(trusted.trustDomain(), shown, now)
                .map(upstreams -> new MeshSnapshot(
                        service,
                        pod,
                        shown,
                        moving == null ? trusted.certificates() : moving.roots(trusted, now),
                        moving == null
                                ? new TrustDomains(trusted.trustDomain(), Optional.empty())
                                : moving.trustDomains(trusted, now),
                        judging,
                        upstreams));
    }

    /** One of the CA that is trusted: the two come from different questions. */
    private @Nullable Leaf leaf() {
        Leaf own = leaf;
        Roots trusted = roots;
        boolean fits =
                own == null || trusted == null || own.identity().trustDomain().equals(trusted.trustDomain());
        return fits ? own : null;
    }

    private Optional<List<UpstreamState>> upstreams(String trustDomain, Leaf own, Instant now) {
        List<UpstreamState> upstreams = new ArrayList<>();
        TrustDomainMove moving = move;
        for (Upstream upstream : service.upstreams()) {
            String name = upstream.service();
            Protocol protocol = protocols.get(name);
            List<Endpoint> served = endpoints.get(name);
            if (moving != null) {
                protocol = moving.protocol(name, protocol, now);
                served = moving.endpoints(name, served, now);
            }
            if (protocol == null || served == null) {
                return Optional.empty();
            }
            // A neighbour in our own datacenter: no endpoint of another is asked for.
            SpiffeId identity = new SpiffeId(
                    trustDomain, own.identity().namespace(), own.identity().datacenter(), name);
            upstreams.add(new UpstreamState(upstream, protocol, identity, served, redirect(name, moving)));
        }
        return Optional.of(upstreams);
    }

    /** Told together with the protocol. */
    private Optional<String> redirect(String name, @Nullable TrustDomainMove moving) {
        Optional<String> former = moving == null ? Optional.empty() : moving.redirect(name);
        return redirects.getOrDefault(name, former);
    }

    private Duration untilNextStep(Instant now) {
        TrustDomainMove moving = move;
        return moving == null ? TrustDomainMove.OLD_CA : moving.untilNextStep(now);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
