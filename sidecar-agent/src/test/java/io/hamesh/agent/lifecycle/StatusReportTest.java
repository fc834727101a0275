package io.hamesh.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.agent.snapshot.DataPlane;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.SpiffeId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StatusReportTest {
    private static final ServiceSettings STRICT = ServiceSettings.named("www")
            .port(OptionalInt.of(8080))
            .protocol(Protocol.HTTP)
            .requireLoopback(true)
            .build();
    private static final Instant LEAF_END = Instant.ofEpochSecond(1_700_259_200);

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private Instant now = Instant.ofEpochSecond(1_700_000_000);
    private Instant contact = Instant.EPOCH;
    private Optional<AppPorts> ports = Optional.of(AppPorts.of(List.of(), List.of(8080)));
    private final HaproxyDouble haproxy = new HaproxyDouble();
    private final StatusReport report = report(STRICT);

    private StatusReport report(ServiceSettings service) {
        return new StatusReport(
                service,
                () -> ports,
                () -> contact,
                () -> now,
                new Log(new PrintStream(lines, true, StandardCharsets.UTF_8), Clock.systemUTC()));
    }

    @Test
    void openPortIsToldAtOnceAndWithItTheObjection() {
        report.bringUpToDate(haproxy);
        ports = Optional.of(AppPorts.of(List.of(9090), List.of(8080)));
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told).hasSize(2);
        assertThat(haproxy.told.getFirst().unready()).isEmpty();
        assertThat(haproxy.told.getLast().openPorts().orElseThrow()).containsExactly(9090);
        assertThat(haproxy.told.getLast().unready().orElseThrow()).contains("port 9090");
        assertThat(lines.toString(StandardCharsets.UTF_8)).contains("event=open-beyond-loopback ports=[9090]");
    }

    @Test
    void portThatIsMeantToBeOpenIsNeitherToldNorObjectedTo() {
        StatusReport report = report(STRICT.withOpenPorts(new TreeSet<>(List.of(9090))));
        ports = Optional.of(AppPorts.of(List.of(9090), List.of(8080)));
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told.getLast().openPorts().orElseThrow()).isEmpty();
        assertThat(haproxy.told.getLast().unready()).isEmpty();
        assertThat(lines.toString(StandardCharsets.UTF_8)).isEmpty();

        ports = Optional.of(AppPorts.of(List.of(9090, 9091), List.of(8080)));
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told.getLast().openPorts().orElseThrow()).containsExactly(9091);
        assertThat(haproxy.told.getLast().unready().orElseThrow()).contains("port 9091;", "hamesh.io/open-ports");
    }

    @Test
    void figuresAreToldNowAndThenAndOnlyWhereTheyChanged() {
        report.bringUpToDate(haproxy);
        contact = now;
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told).as("seconds later").hasSize(1);
        now = now.plus(Duration.ofSeconds(15));
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told.getLast().figures().consulContact()).isEqualTo(contact);
        now = now.plus(Duration.ofHours(1));
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told).as("nothing new").hasSize(2);
    }

    @Test
    void appliedSnapshotsAreCounted() {
        report.applied(snapshot());
        report.applied(snapshot());
        report.bringUpToDate(haproxy);
        var figures = haproxy.told.getLast().figures();
        assertThat(figures.snapshots()).isEqualTo(2);
        assertThat(figures.reloads()).isEqualTo(3);
        assertThat(figures.applied()).isEqualTo(now);
        assertThat(figures.leafEnd()).isEqualTo(LEAF_END);
    }

    @Test
    void whatHaproxyDidNotTakeIsToldAgain() {
        report.applied(snapshot());
        haproxy.failing = true;
        report.bringUpToDate(haproxy);
        report.bringUpToDate(haproxy);
        haproxy.failing = false;
        report.bringUpToDate(haproxy);
        report.bringUpToDate(haproxy);
        assertThat(haproxy.told).hasSize(1);
        assertThat(lines.toString(StandardCharsets.UTF_8)).containsOnlyOnce("event=status-not-published");
    }

    @Test
    void fullSidecarSaysSoAtOnceAndThenOnceAMinute() {
        report.bringUpToDate(haproxy);
        assertThat(lines.toString(StandardCharsets.UTF_8)).isEmpty();
        haproxy.refused = 5;
        report.bringUpToDate(haproxy);
        assertThat(lines.toString(StandardCharsets.UTF_8)).contains("event=full connections-refused=5");
        haproxy.refused = 25;
        report.bringUpToDate(haproxy);
        assertThat(lines.toString(StandardCharsets.UTF_8)).containsOnlyOnce("event=full");
        now = now.plus(Duration.ofMinutes(1));
        report.bringUpToDate(haproxy);
        assertThat(lines.toString(StandardCharsets.UTF_8)).contains("event=full connections-refused=20");
        assertThat(haproxy.told.getLast().figures().refused()).isEqualTo(25);
    }

    private static MeshSnapshot snapshot() {
        Leaf leaf = new Leaf(SpiffeId.of("td.consul", "dc1", "www"), "CERT", "KEY", LEAF_END);
        return new MeshSnapshot(
                STRICT,
                new PodAddresses(List.of("10.0.0.9"), false),
                leaf,
                List.of("ROOT"),
                Policy.denyAll(),
                List.of());
    }

    private static final class HaproxyDouble implements DataPlane {
        final List<AgentStatus> told = new ArrayList<>();
        boolean failing;
        long refused;

        @Override
        public void apply(MeshSnapshot wanted) {}

        @Override
        public void publish(AgentStatus newest) throws DataPlaneException {
            if (failing) {
                throw new DataPlaneException("no socket");
            }
            told.add(newest);
        }

        @Override
        public long refusedConnections() {
            return refused;
        }

        @Override
        public long reloads() {
            return 3;
        }
    }
}
