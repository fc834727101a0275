package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BootClockTest {
    @Test
    void startIsReadBehindAnyName() {
        String fields = " S 1 2 2 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 12345 1000000 200 1844";
        assertThat(BootClock.start("77 (haproxy)" + fields)).isEqualTo(123.45);
        assertThat(BootClock.start("77 (a) b (c)" + fields)).isEqualTo(123.45);
    }
}
