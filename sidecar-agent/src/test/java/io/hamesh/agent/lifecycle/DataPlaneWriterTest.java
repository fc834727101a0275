package io.hamesh.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.agent.snapshot.DataPlane;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.Roots;
import io.hamesh.agent.snapshot.SnapshotAssembler;
import io.hamesh.agent.snapshot.SourceVerdict;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DataPlaneWriterTest {
    private static final Policy ALLOW = policy(SourceVerdict.ALLOW);
    private static final Policy DENY = policy(SourceVerdict.DENY);

    private final ServiceSettings service = ServiceSettings.named("www")
            .port(OptionalInt.of(8080))
            .protocol(Protocol.HTTP)
            .build();
    private final SnapshotAssembler assembler =
            new SnapshotAssembler(service, new PodAddresses(List.of("10.0.0.9"), false));
    private volatile AppPorts ports = AppPorts.of(List.of(9090), List.of(8080));
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final List<Policy> applied = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        threads.forEach(Thread::interrupt);
    }

    @Test
    void appliesEachSnapshotOnce() {
        start(wanted -> applied.add(wanted.policy()));
        tell(DENY);
        await().until(() -> applied.equals(List.of(DENY)));
        tell(DENY);
        tell(ALLOW);
        await().until(() -> applied.equals(List.of(DENY, ALLOW)));
        assertThat(lines.toString(StandardCharsets.UTF_8)).containsOnlyOnce("event=in-mesh");
    }

    @Test
    void triesAgainUntilTheDataPlaneTakesIt() {
        CountDownLatch refusals = new CountDownLatch(3);
        start(wanted -> {
            if (refusals.getCount() > 0) {
                refusals.countDown();
                throw new DataPlaneException("no socket yet");
            }
            applied.add(wanted.policy());
        });
        tell(ALLOW);
        await().until(() -> applied.equals(List.of(ALLOW)));
        assertThat(lines.toString(StandardCharsets.UTF_8)).contains("event=not-applied error=\"no socket yet\"");
    }

    @Test
    void skipsWhatWasOvertakenWhileItWasBusy() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        start(wanted -> {
            applied.add(wanted.policy());
            busy.countDown();
            release.await();
        });
        tell(DENY);
        busy.await();
        tell(ALLOW);
        tell(policy("api", SourceVerdict.ALLOW));
        release.countDown();
        await().until(() -> applied.equals(List.of(DENY, policy("api", SourceVerdict.ALLOW))));
    }

    @Test
    void goesBackToTheSnapshotBeforeWhenTheNextOneFailedHalfWay() {
        start(wanted -> {
            applied.add(wanted.policy());
            if (wanted.policy().equals(ALLOW)) {
                throw new DataPlaneException("half way");
            }
        });
        tell(DENY);
        await().until(() -> applied.equals(List.of(DENY)));
        tell(ALLOW);
        await().until(() -> applied.contains(ALLOW));
        tell(DENY);
        await().until(() -> applied.getLast().equals(DENY));
    }

    @Test
    void tellsTheDataPlaneAgainWhatItDidNotTake() {
        CountDownLatch refusals = new CountDownLatch(1);
        List<AgentStatus> published = new CopyOnWriteArrayList<>();
        start(wanted -> applied.add(wanted.policy()), status -> {
            if (refusals.getCount() > 0) {
                refusals.countDown();
                throw new DataPlaneException("no socket yet");
            }
            published.add(status);
        });
        await().until(() -> !published.isEmpty());
        assertThat(published.getFirst().openPorts()).contains(new TreeSet<>(List.of(9090)));
    }

    @Test
    void lateApplicationPortIsToldWithoutANewSnapshot() {
        List<AgentStatus> published = new CopyOnWriteArrayList<>();
        start(wanted -> applied.add(wanted.policy()), published::add);
        tell(ALLOW);
        await().until(() -> applied.equals(List.of(ALLOW)));
        ports = AppPorts.of(List.of(9090, 9091), List.of());
        await().until(() -> published.getLast().openPorts().equals(Optional.of(ports.open())));
        assertThat(applied).containsExactly(ALLOW);
    }

    /** What a test cares about of a data plane. */
    private interface Applying {
        void apply(MeshSnapshot wanted) throws DataPlaneException, InterruptedException;
    }

    private interface Publishing {
        void publish(AgentStatus status) throws DataPlaneException;
    }

    private void start(Applying applying) {
        start(applying, status -> {});
    }

    private void start(Applying applying, Publishing publishing) {
        DataPlane dataPlane = new DataPlane() {
            @Override
            public void apply(MeshSnapshot wanted) throws DataPlaneException, InterruptedException {
                applying.apply(wanted);
            }

            @Override
            public void publish(AgentStatus newest) throws DataPlaneException {
                publishing.publish(newest);
            }

            @Override
            public long reloads() {
                return 0;
            }
        };
        Log log = new Log(new PrintStream(lines, true, StandardCharsets.UTF_8), Clock.systemUTC());
        threads.add(Thread.ofPlatform().daemon().start(() -> {
            try {
                StatusReport status = new StatusReport(
                        service, () -> Optional.of(ports), () -> Instant.EPOCH, InstantSource.system(), log);
                new DataPlaneWriter(assembler, dataPlane, status, log).run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void tell(Policy policy) {
        assembler.leaf(new Leaf(SpiffeId.of("td.consul", "dc1", "www"), "CERT", "KEY", Instant.EPOCH));
        assembler.roots(new Roots("td.consul", List.of("ROOT")));
        assembler.policy(policy);
    }

    private static Policy policy(SourceVerdict verdict) {
        return policy("web", verdict);
    }

    private static Policy policy(String source, SourceVerdict verdict) {
        return new Policy(new TreeMap<>(Map.of(source, verdict)));
    }
}
