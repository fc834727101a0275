package io.hamesh.agent.lifecycle;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.DataPlane;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.SnapshotAssembler;
import io.hamesh.agent.snapshot.UpstreamState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The agent's one writer: takes the newest complete snapshot and applies it to the data plane. Tries again when that
 * fails. Between snapshots it publishes the pod's status.
 */
public final class DataPlaneWriter {
    private static final Duration STATUS_PERIOD = Duration.ofSeconds(3);
    private static final Duration FIRST_REMINDER = Duration.ofSeconds(2);
    private static final Duration LAST_REMINDER = Duration.ofSeconds(60);
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofMillis(500);

    private final SnapshotAssembler assembler;
    private final DataPlane dataPlane;
    private final StatusReport status;
    private final Log log;
    private final long started = System.nanoTime();
    private Duration reminder = FIRST_REMINDER;
    private boolean inMesh;

    public DataPlaneWriter(SnapshotAssembler assembler, DataPlane dataPlane, StatusReport status, Log log) {
        this.assembler = assembler;
        this.dataPlane = dataPlane;
        this.status = status;
        this.log = log;
    }

    /** Runs until interrupted. */
    public void run() throws InterruptedException {
        Optional<MeshSnapshot> running = Optional.empty();
        int failures = 0;
        while (true) {
            status.bringUpToDate(dataPlane);
            Optional<MeshSnapshot> wanted = assembler.awaitOtherThan(running, STATUS_PERIOD);
            if (wanted.isEmpty()) {
                remind();
            } else if (apply(wanted.get(), failures)) {
                running = wanted;
                failures = 0;
            } else {
                // Half of it may run, so that even the snapshot before is to be applied again.
                running = Optional.empty();
                Thread.sleep(shorter(FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 10)), LAST_RETRY));
            }
        }
    }

    private boolean apply(MeshSnapshot wanted, int failures) throws InterruptedException {
        try {
            dataPlane.apply(wanted);
        } catch (DataPlaneException e) {
            if (Integer.bitCount(failures + 1) == 1) {
                log.warn("not-applied", "error", e.getMessage(), "attempt", failures + 1);
            }
            return false;
        }
        status.applied(wanted);
        if (!inMesh) {
            inMesh = true;
            sayInMesh(wanted);
        }
        return true;
    }

    private void sayInMesh(MeshSnapshot first) {
        int endpoints = first.upstreams().stream()
                .map(UpstreamState::endpoints)
                .mapToInt(List::size)
                .sum();
        log.info(
                "in-mesh",
                "identity",
                first.leaf().identity().uri(),
                "leaf-until",
                first.leaf().validBefore(),
                "sources",
                first.policy().sources().size(),
                "upstreams",
                first.upstreams().size(),
                "endpoints",
                endpoints,
                "ms",
                millisSince(started));
    }

    private void remind() {
        if (!inMesh && millisSince(started) >= reminder.toMillis()) {
            String missing = String.join(", ", assembler.missing());
            log.info("waiting-for-consul", "missing", missing, "seconds", millisSince(started) / 1000);
            reminder = reminder.plus(shorter(reminder, LAST_REMINDER));
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
