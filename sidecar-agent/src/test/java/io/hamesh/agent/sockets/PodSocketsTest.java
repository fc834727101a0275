package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PodSocketsTest {
    private static final ServiceSettings WWW = ServiceSettings.named("www")
            .port(OptionalInt.of(8080))
            .protocol(Protocol.HTTP)
            .unsecuredPort(OptionalInt.of(8088))
            .upstreams(List.of(new Upstream("redis", 6379)))
            .build();

    private static final int APP = 1000;
    private static final int OURS = (int) ContainerNames.UID;

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(lines, true, StandardCharsets.UTF_8), Clock.systemUTC());
    private final Source cheap = new Source();
    private final Source dear = new Source();
    private long now = Long.MAX_VALUE - 5; // nanoTime may be anything, and overflow
    private final PodSockets sockets = new PodSockets(cheap, dear, () -> now, WWW, log);

    @Test
    void sidecarsPortsAreNotTheApplications() {
        cheap.sockets = List.of(
                new ListeningSocket(20000, false, OURS), // mTLS
                new ListeningSocket(20200, false, OURS), // operations
                new ListeningSocket(1936, true, OURS), // statistics
                new ListeningSocket(8088, false, OURS), // unsecured
                new ListeningSocket(6379, true, OURS), // upstream
                new ListeningSocket(8080, true, APP));
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(), List.of(8080)));
    }

    @Test
    void applicationThatTakesASidecarsPortIsSeen() {
        cheap.sockets = List.of(
                new ListeningSocket(20001, false, APP),
                new ListeningSocket(8088, false, APP),
                new ListeningSocket(6379, false, OURS)); // on more than loopback
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(20001, 8088, 6379), List.of()));
    }

    @Test
    void eachQuestionIsALook() {
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(), List.of()));
        cheap.sockets = List.of(new ListeningSocket(9090, false, APP));
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(9090), List.of()));
        assertThat(dear.looks).isZero();
    }

    @Test
    void kernelWithoutSockDiagIsLookedAtRarely() {
        cheap.fails = true;
        dear.sockets = List.of(new ListeningSocket(9090, false, APP));
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(9090), List.of()));
        dear.sockets = List.of();
        now += Duration.ofSeconds(19).toNanos();
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(9090), List.of()));
        assertThat(dear.looks).isOne();
        now += Duration.ofSeconds(1).toNanos();
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(), List.of()));
        assertThat(log()).containsOnlyOnce("event=sock-diag-fails").doesNotContain("sockets-unknown");
    }

    @Test
    void sockDiagThatFailsOnceIsUsedAgain() {
        cheap.fails = true;
        sockets.ports();
        cheap.fails = false;
        cheap.sockets = List.of(new ListeningSocket(9090, false, APP));
        assertThat(sockets.ports()).contains(AppPorts.of(List.of(9090), List.of()));
    }

    @Test
    void kernelThatTellsNothingIsNotAPodWithoutPorts() {
        sockets.ports();
        cheap.fails = true;
        dear.fails = true;
        assertThat(sockets.ports()).isEmpty();
        now += Duration.ofMinutes(1).toNanos();
        assertThat(sockets.ports()).isEmpty();
        assertThat(dear.looks).isEqualTo(2);
        assertThat(log()).containsOnlyOnce("event=sock-diag-fails").containsOnlyOnce("event=sockets-unknown");
    }

    private String log() {
        return lines.toString(StandardCharsets.UTF_8);
    }

    private static final class Source implements PodSockets.Listing {
        private List<ListeningSocket> sockets = List.of();
        private boolean fails;
        private int looks;

        @Override
        public List<ListeningSocket> listening() throws IOException {
            looks++;
            if (fails) {
                throw new IOException("no");
            }
            return sockets;
        }
    }
}
