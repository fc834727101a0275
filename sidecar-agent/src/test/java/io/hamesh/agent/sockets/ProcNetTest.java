package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcNetTest {
    @Test
    void bothFamiliesCount(@TempDir Path directory) throws IOException {
        write(directory, "tcp", ProcNetLine.of("0100007F:1F90", "0A", "1000"));
        write(directory, "tcp6", ProcNetLine.of("00000000000000000000000000000000:2382", "0A", "1000"));
        assertThat(new ProcNet(directory).listening())
                .containsExactly(new ListeningSocket(8080, true, 1000), new ListeningSocket(9090, false, 1000));
    }

    @Test
    void kernelWithoutIpv6IsFine(@TempDir Path directory) throws IOException {
        write(directory, "tcp", ProcNetLine.of("0100007F:1F90", "0A", "1000"));
        assertThat(new ProcNet(directory).listening()).containsExactly(new ListeningSocket(8080, true, 1000));
    }

    @Test
    void whatCannotBeReadIsAnErrorAndNoEmptyPod(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> new ProcNet(directory).listening()).isInstanceOf(IOException.class);
        write(directory, "tcp", "what 0A is");
        assertThatThrownBy(() -> new ProcNet(directory).listening())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("tcp: ");
    }

    private static void write(Path directory, String file, String socket) throws IOException {
        Files.writeString(directory.resolve(file), "  sl  local_address rem_address   st\n" + socket + "\n");
    }
}
