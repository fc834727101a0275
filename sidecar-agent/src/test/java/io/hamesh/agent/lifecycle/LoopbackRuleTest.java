package io.hamesh.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LoopbackRuleTest {
    private static final Optional<AppPorts> NOTHING = ports(List.of(), List.of());
    private static final Optional<AppPorts> LOOPBACK = ports(List.of(), List.of(8080));
    private static final Optional<AppPorts> OPEN = ports(List.of(8080, 9090), List.of());

    @Test
    void saysNothingWhereItIsNotRequired() {
        LoopbackRule rule = new LoopbackRule(settings(OptionalInt.of(8080), false));
        assertThat(rule.objection(OPEN)).isEmpty();
        assertThat(rule.objection(Optional.empty())).isEmpty();
    }

    @Test
    void podWaitsForItsApplicationOnce() {
        LoopbackRule rule = new LoopbackRule(settings(OptionalInt.of(8080), true));
        assertThat(rule.objection(NOTHING))
                .contains("hamesh.io/require-loopback: nothing listens on 127.0.0.1:8080 yet");
        assertThat(rule.objection(LOOPBACK)).isEmpty();
        assertThat(rule.objection(NOTHING)).as("a restart of the application").isEmpty();
    }

    @Test
    void openPortsAreNamedAsLongAsTheyAreOpen() {
        LoopbackRule rule = new LoopbackRule(settings(OptionalInt.of(8080), true));
        assertThat(rule.objection(OPEN))
                .contains(
                        "hamesh.io/require-loopback: open beyond loopback: port 8080, 9090; listen on 127.0.0.1 instead,"
                                + " or name a port that is meant to be open in hamesh.io/open-ports");
        assertThat(rule.objection(LOOPBACK)).isEmpty();
        assertThat(rule.objection(OPEN)).isPresent();
    }

    @Test
    void clientWaitsForNothing() {
        LoopbackRule rule = new LoopbackRule(settings(OptionalInt.empty(), true));
        assertThat(rule.objection(NOTHING)).isEmpty();
        assertThat(rule.objection(OPEN)).isPresent();
    }

    @Test
    void whatCannotBeSeenIsNotTakenForClosed() {
        LoopbackRule rule = new LoopbackRule(settings(OptionalInt.of(8080), true));
        assertThat(rule.objection(Optional.empty())).isPresent();
    }

    private static Optional<AppPorts> ports(List<Integer> open, List<Integer> loopback) {
        return Optional.of(AppPorts.of(open, loopback));
    }

    private static ServiceSettings settings(OptionalInt port, boolean requireLoopback) {
        return ServiceSettings.named("www")
                .port(port)
                .protocol(Protocol.HTTP)
                .requireLoopback(requireLoopback)
                .build();
    }
}
