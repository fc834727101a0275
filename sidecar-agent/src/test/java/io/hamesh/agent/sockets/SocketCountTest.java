package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketCountTest {
    @Test
    void readsTheCountAndReadsItAgain(@TempDir Path proc) throws IOException {
        Path file = proc.resolve("sockstat");
        Files.writeString(
                file, "sockets: used 51\nTCP: inuse 18 orphan 0 tw 15 alloc 338 mem 54\nUDP: inuse 1 mem 0\n");
        SocketCount count = SocketCount.ofIpv4(proc);
        assertThat(count.read()).isEqualTo(18);
        Files.writeString(file, "sockets: used 9\nTCP: inuse 7 orphan 0 tw 15 alloc 338 mem 54\nUDP: inuse 1 mem 0\n");
        assertThat(count.read()).isEqualTo(7);
    }

    @Test
    void readsTheOtherFamily(@TempDir Path proc) throws IOException {
        Files.writeString(proc.resolve("sockstat6"), "TCP6: inuse 3\nUDP6: inuse 1\n");
        assertThat(SocketCount.ofIpv6(proc).read()).isEqualTo(3);
    }

    @Test
    void kernelWithoutTheFamilyHasNone(@TempDir Path proc) throws IOException {
        assertThat(SocketCount.ofIpv6(proc).read()).isZero();
    }
}
