package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.testbed.host.TestbedException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SteadyProxiesTest {
    private static final List<Long> FIRST = List.of(1L, 2L);
    private static final List<Long> RELOADED = List.of(1L, 3L);

    private final SteadyProxies proxies = new SteadyProxies();

    @Test
    void aMeasurementWithoutAReloadStands() {
        assertThat(measured(List.of(FIRST, FIRST))).isEqualTo(FIRST);
        assertThat(proxies.told()).isEqualTo("No proxy was reloaded while it was measured.");
    }

    @Test
    void aMeasurementWithAReloadIsMadeAgainAndTold() {
        assertThat(measured(List.of(FIRST, RELOADED, RELOADED, RELOADED))).isEqualTo(RELOADED);
        assertThat(proxies.told()).endsWith("reloaded meanwhile: HTTP");
    }

    @Test
    void aFailureByAReloadIsTriedAgain() {
        Queue<List<Long>> seen = new ArrayDeque<>(List.of(FIRST, RELOADED, RELOADED, RELOADED));
        List<Long> measured = proxies.measured("HTTP", seen::remove, of -> failsFor(FIRST, of));
        assertThat(measured).isEqualTo(RELOADED);
    }

    @Test
    void otherFailuresAreTold() {
        assertThatThrownBy(() -> proxies.measured("HTTP", () -> FIRST, of -> failsFor(FIRST, of)))
                .isInstanceOf(TestbedException.class);
    }

    @Test
    void whatIsAlwaysReloadedCannotBeMeasured() {
        assertThatThrownBy(() -> measured(List.of(FIRST, RELOADED, RELOADED, FIRST, FIRST, RELOADED)))
                .hasMessageStartingWith("HTTP: HAProxy was reloaded in each of 3 tries");
    }

    private List<Long> measured(List<List<Long>> processes) {
        Queue<List<Long>> seen = new ArrayDeque<>(processes);
        return proxies.measured("HTTP", seen::remove, of -> of);
    }

    private static List<Long> failsFor(List<Long> bad, List<Long> processes) {
        if (processes.equals(bad)) {
            throw new TestbedException("no process 2 is left");
        }
        return processes;
    }
}
