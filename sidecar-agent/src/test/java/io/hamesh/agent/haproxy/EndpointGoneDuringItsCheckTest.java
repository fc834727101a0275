package io.hamesh.agent.haproxy;

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
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
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
    private static final int TRIALS = 20;

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
            assertThat(between.release()).isTrue();
            for (String server : servers) {
                commands.write(ByteBuffer.wrap(("del server " + server + ";").getBytes(StandardCharsets.UTF_8)));
            }
            commands.write(ByteBuffer.wrap(new byte[] {'\n'}));
            caller.resumeHaproxy();
            ByteBuffer answer = ByteBuffer.allocate(1000);
            while (commands.read(answer) >= 0) {
                // until the end
            }
            assertThat(caller.haproxyLog()).doesNotContain("FATAL");
            assertThat(new String(answer.array(), StandardCharsets.UTF_8)).contains("Server deleted");
            pods.call();
        }
    }
}
