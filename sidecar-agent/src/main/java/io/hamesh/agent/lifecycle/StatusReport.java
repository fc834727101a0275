package io.hamesh.agent.lifecycle;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.AgentStatus.Figures;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.agent.snapshot.DataPlane;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.model.ServiceSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Publishes the status of pod and agent on the data plane: open ports and readiness at once, figures every 15 s. */
public final class StatusReport {
    private static final Duration FIGURES_EVERY = Duration.ofSeconds(15);
    private static final Duration FULL_EVERY = Duration.ofMinutes(1);

    private final LoopbackRule rule;
    private final SortedSet<Integer> meantToBeOpen;
    private final Supplier<Optional<AppPorts>> ports;
    private final Supplier<Instant> consulContact;
    private final InstantSource clock;
    private final Log log;
    private final Instant started;
    private Instant applied = Instant.EPOCH;
    private Instant leafEnd = Instant.EPOCH;
    private long snapshots;
    private Optional<SortedSet<Integer>> openPorts = Optional.empty();
    private @Nullable AgentStatus told;
    private Instant toldAt = Instant.EPOCH;
    private boolean failing;
    private long refusedTold;
    private Instant fullToldAt = Instant.EPOCH;

    /**
     * @param ports what the pod's containers listen on; asked every three seconds, it has to be cheap
     * @param consulContact everything that is in force is what Consul said then, or later
     */
    public StatusReport(
            ServiceSettings service,
            Supplier<Optional<AppPorts>> ports,
            Supplier<Instant> consulContact,
            InstantSource clock,
            Log log) {
        this.rule = new LoopbackRule(service);
        this.meantToBeOpen = service.openPorts();
        this.ports = ports;
        this.consulContact = consulContact;
        this.clock = clock;
        this.log = log;
        this.started = clock.instant();
    }

    void applied(MeshSnapshot snapshot) {
        snapshots++;
        applied = clock.instant();
        leafEnd = snapshot.leaf().validBefore();
    }

    /** Looks at the pod, and publishes what is new. */
    void bringUpToDate(DataPlane dataPlane) {
        Optional<AppPorts> seen = ports.get().map(found -> found.meaning(meantToBeOpen));
        say(seen.map(AppPorts::open));
        dataPlane.refresh();
        long refused = dataPlane.refusedConnections();
        sayFull(refused);
        Figures figures =
                new Figures(started, consulContact.get(), applied, snapshots, dataPlane.reloads(), refused, leafEnd);
        AgentStatus newest = new AgentStatus(openPorts, rule.objection(seen), figures);
        if (isWorthTelling(newest)) {
            publish(newest, dataPlane);
        }
    }

    private boolean isWorthTelling(AgentStatus newest) {
        AgentStatus before = told;
        if (before == null
                || !before.openPorts().equals(newest.openPorts())
                || !before.unready().equals(newest.unready())) {
            return true;
        }
        return !before.equals(newest) && !toldAt.plus(FIGURES_EVERY).isAfter(clock.instant());
    }

    private void publish(AgentStatus newest, DataPlane dataPlane) {
        try {
            dataPlane.publish(newest);
            told = newest;
            toldAt = clock.instant();
            failing = false;
        } catch (DataPlaneException e) {
            told = null;
            // Until the first snapshot runs, HAProxy knows of no status.
            if (snapshots > 0 && !failing) {
                failing = true;
                log.warn("status-not-published", "error", e.getMessage());
            }
        }
    }

    /** Logs refused connections at once, and then once a minute what came since. */
    private void sayFull(long refused) {
        if (refused > refusedTold && !fullToldAt.plus(FULL_EVERY).isAfter(clock.instant())) {
            log.warn(
                    "full",
                    "connections-refused",
                    refused - refusedTold,
                    "effect",
                    "a port is full or a source has its share: see hamesh.io/max-connections");
            refusedTold = refused;
            fullToldAt = clock.instant();
        }
    }

    private void say(Optional<SortedSet<Integer>> newest) {
        if (newest.equals(openPorts)) {
            return;
        }
        boolean wasOpen = openPorts.filter(open -> !open.isEmpty()).isPresent();
        openPorts = newest;
        if (newest.filter(open -> !open.isEmpty()).isPresent()) {
            log.warn("open-beyond-loopback", "ports", newest.get(), "effect", "callers can go round the mesh");
        } else if (wasOpen) {
            log.info("loopback-only", "known", newest.isPresent());
        }
    }
}
