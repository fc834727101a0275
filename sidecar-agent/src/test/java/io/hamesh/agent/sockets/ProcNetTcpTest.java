package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcNetTcpTest {
    private static final ProcNetTcp LITTLE = new ProcNetTcp(ByteOrder.LITTLE_ENDIAN);

    @ParameterizedTest
    @CsvSource({
        "0100007F, true", // 127.0.0.1
        "3500007F, true", // 127.0.0.53
        "00000000, false", // 0.0.0.0
        "0700F40A, false", // 10.244.0.7
        "7F000001, false", // 1.0.0.127
        "00000000000000000000000001000000, true", // ::1
        "00000000000000000000000000000000, false", // ::
        "0000000000000000FFFF00000100007F, true", // ::ffff:127.0.0.1
        "0000000000000000FFFF00000700F40A, false", // ::ffff:10.244.0.7
        "000000000000000000000000000000FD, false",
        "000000FD000000000000000001000000, false" // fd00::1
    })
    void tellsLoopbackFromTheRest(String address, boolean loopback) {
        assertThat(LITTLE.parse(ProcNetLine.of(address + ":1F90", "0A", "1000")))
                .contains(new ListeningSocket(8080, loopback, 1000));
    }

    @Test
    void readsWhatABigMachinePrints() {
        ProcNetTcp big = new ProcNetTcp(ByteOrder.BIG_ENDIAN);
        assertThat(big.parse(ProcNetLine.of("7F000001:0050", "0A", "0"))).contains(new ListeningSocket(80, true, 0));
        assertThat(big.parse(ProcNetLine.of("00000000000000000000000000000001:0050", "0A", "0")))
                .contains(new ListeningSocket(80, true, 0));
        assertThat(big.parse(ProcNetLine.of("0100007F:0050", "0A", "0"))).contains(new ListeningSocket(80, false, 0));
    }

    @Test
    void connectionsAndTheHeadingAreNoListeners() {
        assertThat(LITTLE.parse(ProcNetLine.of("00000000:1F90", "01", "0"))).isEmpty();
        assertThat(LITTLE.parse(ProcNetLine.of("00000000:1F90", "06", "0"))).isEmpty();
        assertThat(LITTLE.parse("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"))
                .isEmpty();
    }

    @Test
    void uidsAboveTwoToThe31AreRead() {
        assertThat(LITTLE.parse(ProcNetLine.of("00000000:1F90", "0A", "4294967294")))
                .isPresent();
    }

    @Test
    void refusesWhatIsNoLineOfTheFile() {
        assertThatThrownBy(() -> LITTLE.parse("what 0A is")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LITTLE.parse(ProcNetLine.of("xyz:1F90", "0A", "0")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LITTLE.parse(ProcNetLine.of("0100:1F90", "0A", "0")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
