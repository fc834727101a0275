package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PodSocketsTest {
    private static final ServiceSettings WWW = new ServiceSettings(
            "www",
            OptionalInt.of(8080),
            Protocol.HTTP,
            OptionalInt.of(8088),
            List.of(new Upstream("redis", 6379)),
            false,
            List.of(),
            Map.of());

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(lines, true, StandardCharsets.UTF_8), Clock.systemUTC());

    @Test
    void sidecarsPortsAreNotTheApplications(@TempDir Path proc) throws IOException {
        tcp(
                proc,
                ProcNetTcpTest.line("00000000:4E20", "0A", "5995"), // 20000, mTLS
                ProcNetTcpTest.line("00000000:4EE8", "0A", "5995"), // 20200, operations
                ProcNetTcpTest.line("0100007F:0790", "0A", "5995"), // 1936, statistics
                ProcNetTcpTest.line("0700F40A:1F98", "0A", "5995"), // 8088, unsecured
                ProcNetTcpTest.line("0100007F:18EB", "0A", "5995"), // 6379, upstream
                ProcNetTcpTest.line("0100007F:1F90", "0A", "1000")); // 8080, the application
        assertThat(new PodSockets(proc, WWW, log).ports()).contains(AppPorts.of(List.of(), List.of(8080)));
    }

    @Test
    void applicationThatTakesASidecarsPortIsSeen(@TempDir Path proc) throws IOException {
        tcp(
                proc,
                ProcNetTcpTest.line("00000000:4E21", "0A", "1000"), // 20001
                ProcNetTcpTest.line("00000000:1F98", "0A", "1000"), // 8088
                ProcNetTcpTest.line("00000000:18EB", "0A", "5995")); // 6379, on more than loopback
        assertThat(new PodSockets(proc, WWW, log).ports()).contains(AppPorts.of(List.of(20001, 8088, 6379), List.of()));
    }

    @Test
    void bothFamiliesCount(@TempDir Path proc) throws IOException {
        tcp(proc, ProcNetTcpTest.line("0100007F:1F90", "0A", "1000"));
        write(proc.resolve("tcp6"), ProcNetTcpTest.line("00000000000000000000000000000000:2382", "0A", "1000"));
        assertThat(new PodSockets(proc, WWW, log).ports()).contains(AppPorts.of(List.of(9090), List.of(8080)));
    }

    @Test
    void kernelThatTellsNothingIsNotAPodWithoutPorts(@TempDir Path proc) {
        PodSockets sockets = new PodSockets(proc, WWW, log);
        assertThat(sockets.ports()).isEmpty();
        assertThat(sockets.ports()).isEmpty();
        assertThat(lines.toString(StandardCharsets.UTF_8)).containsOnlyOnce("event=sockets-unknown");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void seesWhatThisMachineListensOn() throws IOException {
        try (ServerSocket open = new ServerSocket(0);
                ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AppPorts ports = new PodSockets(WWW, log).ports().orElseThrow();
            assertThat(ports.open()).contains(open.getLocalPort()).doesNotContain(closed.getLocalPort());
            assertThat(ports.loopback()).contains(closed.getLocalPort());
        }
    }

    private static void tcp(Path proc, String... sockets) throws IOException {
        write(proc.resolve("tcp"), sockets);
    }

    private static void write(Path file, String... sockets) throws IOException {
        Files.writeString(file, "  sl  local_address rem_address   st\n" + String.join("\n", sockets) + "\n");
    }
}
