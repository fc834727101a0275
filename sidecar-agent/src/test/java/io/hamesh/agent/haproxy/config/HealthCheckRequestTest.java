package io.hamesh.agent.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HealthCheckRequestTest {
    @Test
    void noServiceIsAnEmptyMessage() {
        assertThat(HealthCheckRequest.hex("")).isEqualTo("0000000000");
    }

    @Test
    void serviceIsFieldOne() {
        assertThat(HealthCheckRequest.hex("bank")).isEqualTo("00" + "00000006" + "0A04" + "62616E6B");
    }

    @Test
    void longNameHasALengthOfTwoBytes() {
        assertThat(HealthCheckRequest.hex("x".repeat(200))).startsWith("00" + "000000CB" + "0AC801" + "7878");
    }
}
