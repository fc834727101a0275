package io.hamesh.agent.consul;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesFromTheFirstToTheCap() {
        assertThat(Backoff.QUICK.after(1, 0.5)).isEqualTo(Duration.ofMillis(100));
        assertThat(Backoff.QUICK.after(2, 0.5)).isEqualTo(Duration.ofMillis(200));
        assertThat(Backoff.QUICK.after(5, 0.5)).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void neverPassesTheCapByMoreThanAQuarterHoweverLongItLasts() {
        assertThat(Backoff.QUICK.after(Integer.MAX_VALUE, 1)).isEqualTo(Duration.ofMillis(1875));
        assertThat(Backoff.QUICK.after(Integer.MAX_VALUE, 0)).isEqualTo(Duration.ofMillis(1125));
    }
}
