package io.hamesh.agent.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.AgentStatus.Figures;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatusMapTest {
    private static final Figures FIGURES = new Figures(
            Instant.ofEpochSecond(1_700_000_000),
            Instant.ofEpochSecond(1_700_000_100),
            Instant.ofEpochSecond(1_700_000_050),
            7,
            2,
            12,
            Instant.ofEpochSecond(1_700_259_200));

    @Test
    void eachLineIsOneKeyAndOneWord() {
        assertThat(StatusMap.lines(status(List.of(8080, 9090), Optional.of("why: \"not\"\nyet"))))
                .allSatisfy(line -> assertThat(line).matches("[a-z-]+ \\S+\n"))
                .anyMatch(line -> line.equals("open-ports 8080,9090\n"))
                .anyMatch(line -> line.startsWith("unready why"));
    }

    @Test
    void nothingOpenAndNothingKnownAreTwoThings() {
        assertThat(StatusMap.lines(status(List.of(), Optional.empty()))).contains("open-ports none\n");
        assertThat(StatusMap.lines(AgentStatus.unknown())).contains("open-ports unknown\n");
        assertThat(StatusMap.metrics(AgentStatus.unknown())).doesNotContain("open_ports", "timestamp");
    }

    @Test
    void metricsAreTimesThatStayTrueWithoutTheAgent() {
        assertThat(StatusMap.metrics(status(List.of(8080), Optional.empty())))
                .contains("# TYPE hamesh_open_ports gauge\nhamesh_open_ports{port=\"8080\"} 1\n")
                .contains("\nhamesh_agent_start_timestamp_seconds 1700000000\n")
                .contains("\nhamesh_agent_consul_contact_timestamp_seconds 1700000100\n")
                .contains("\nhamesh_agent_snapshot_applied_timestamp_seconds 1700000050\n")
                .contains("\nhamesh_agent_leaf_expiry_timestamp_seconds 1700259200\n")
                .contains("# TYPE hamesh_agent_reloads_total counter\nhamesh_agent_reloads_total 2\n")
                .contains("\nhamesh_connections_refused_total 12\n")
                .contains("\nhamesh_agent_snapshots_applied_total 7\n");
    }

    @Test
    void thousandOpenPortsFitIntoOneAnswer() {
        List<Integer> ports = IntStream.range(30_000, 31_000).boxed().collect(Collectors.toList());
        assertThat(String.join("", StatusMap.lines(status(ports, Optional.empty()))))
                .hasSizeLessThan(12_000);
    }

    private static AgentStatus status(List<Integer> open, Optional<String> unready) {
        return new AgentStatus(Optional.of(new TreeSet<>(open)), unready, FIGURES);
    }
}
