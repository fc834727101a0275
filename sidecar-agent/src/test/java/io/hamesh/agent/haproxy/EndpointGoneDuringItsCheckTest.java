package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.haproxy.config.ServerLine;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.haproxy.CliSocket;
import io.hamesh.haproxy.RuntimeApi;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A new endpoint is looked at by a TLS handshake, and may be gone when that ends. HAProxy 3.2.26 dies of `del server` while
 * the connection of such a look waits for its end, unless the look's protocol is told ahead.
 */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class EndpointGoneDuringItsCheckTest {
    private static final int TRIALS = 5;

    @Timeout(120)
    @ParameterizedTest
    @EnumSource(Protocol.class)
    void workerOutlivesIt(Protocol protocol, @TempDir Path directory) throws Exception {
        try (TestApp application = new TestApp(FreePorts.next());
                CallerAndCalled pods = new CallerAndCalled(directory, protocol, application.port())) {
            application.silent();
            for (int i = 0; i < TRIALS; i++) {
                goneDuringItsCheck(pods);
            }
        }
    }

    private static void goneDuringItsCheck(CallerAndCalled pods) throws Exception {
        List<String> backends = pods.backends();
        TestPod caller = pods.caller;
        Endpoint called = pods.called.getFirst().endpoint();
        try (AnswersHeldBack between = new AnswersHeldBack(called.port(), backends.size());
                SocketChannel commands = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Endpoint looked = new Endpoint("127.0.0.1", between.port());
            pods.call(looked);
            assertThat(between.awaitHeld()).isTrue();
            List<String> servers = backends.stream()
                    .map(backend -> backend + "/" + ServerLine.name(looked))
                    .toList();
            new RuntimeApi(new CliSocket(caller.layout.adminSocket(), Duration.ofSeconds(5))).disableServers(servers);
            commands.connect(UnixDomainSocketAddress.of(caller.layout.adminSocket()));
            // HAProxy finds both at once: the end of the handshake and the command.
            caller.pauseHaproxy();
            try {
                assertThat(between.release()).isTrue();
                String command =
                        servers.stream().map(server -> "del server " + server).collect(joining(";"));
                commands.write(ByteBuffer.wrap((command + "\n").getBytes(UTF_8)));
            } finally {
                caller.resumeHaproxy();
            }
            String answer = new String(Channels.newInputStream(commands).readAllBytes(), UTF_8);
            assertThat(caller.haproxyLog()).doesNotContain("FATAL");
            assertThat(answer.split("Server deleted", -1)).hasSize(servers.size() + 1);
            // The agent finds its servers gone and reloads: the next trial has a new worker.
            pods.call();
        }
    }
}
