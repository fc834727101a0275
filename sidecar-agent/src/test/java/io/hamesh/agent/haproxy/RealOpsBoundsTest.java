package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Somebody opens all the connections to the operations port of the real HAProxy that he gets. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealOpsBoundsTest {
    private static final int OF_ONE_SOURCE = 100;
    private static final String KUBELET = "127.0.0.9";
    private static final String SECRET = "X-Hamesh-Probe: " + Snapshots.SECRET.value() + "\r\n";

    /** The kubelet's own patience is a second. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private String certificate;
    private Leaf leaf;
    private TestPod pod;
    private Attacker attacker;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        leaf = ca.leaf(Snapshots.id("redis"));
        pod = new TestPod(directory.resolve("pod"));
        certificate = ca.certificate();
        pod.apply(redis().build());
        attacker = new Attacker(pod.layout.opsPort());
    }

    private Snapshots redis() {
        return Snapshots.of("redis")
                .speaking(Protocol.TCP)
                .onPort(FreePorts.next())
                .at(false, "127.0.0.1")
                .roots(certificate)
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }

    @AfterEach
    void stop() throws IOException {
        attacker.close();
        pod.close();
    }

    @Test
    void oneSourceGetsItsShareAndTheKubeletIsAnswered() throws Exception {
        attacker.hold(OF_ONE_SOURCE + 20, "127.0.0.2");
        assertThat(attacker.open()).isLessThanOrEqualTo(OF_ONE_SOURCE);
        assertThat(probe("127.0.0.3", "")).startsWith("HTTP/1.1 200");
        attacker.close();
        await().ignoreExceptions().until(() -> probe("127.0.0.2", "").startsWith("HTTP/1.1 200"));
    }

    @Test
    void manySourcesDoNotStarveAKubeletThatWasNeverSeen() throws Exception {
        for (int source = 0; source < 5; source++) {
            attacker.hold(OF_ONE_SOURCE, "127.0.1." + (1 + source));
        }
        assertThat(probe(KUBELET, SECRET)).startsWith("HTTP/1.1 200");
    }

    @Test
    void nothingStaysThatAsksNothing() throws Exception {
        attacker.hold(20, "127.0.0.2");
        attacker.hold(20, "127.0.0.2", "GET /ready HTTP/1.1\r\nHost: x\r\n");
        attacker.hold(20, "127.0.0.2", "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(attacker.open()).as("the control: open at first").isPositive();
        await().atMost(PATIENCE).until(() -> attacker.open() == 0);
    }

    @Test
    void kubeletThatIsKnownHasItsShareWhateverManyDo() throws Exception {
        assertThat(probe(KUBELET, SECRET)).startsWith("HTTP/1.1 200");
        for (int source = 0; source < 9; source++) {
            attacker.hold(OF_ONE_SOURCE, "127.0.1." + (1 + source));
        }
        assertThat(probe(KUBELET, SECRET)).startsWith("HTTP/1.1 200");
    }

    /** With a bridge the kubelet's address is everybody's who comes by the node. */
    @Test
    void whoSharesTheKubeletsAddressDoesNotStarveIt() throws Exception {
        assertThat(probe(KUBELET, SECRET)).startsWith("HTTP/1.1 200");
        Thread attack = Thread.startVirtualThread(this::openFiftyEachTenthOfASecond);
        for (int i = 0; i < 20; i++) {
            assertThat(probe(KUBELET, SECRET)).startsWith("HTTP/1.1 200");
            TimeUnit.MILLISECONDS.sleep(100);
        }
        attack.interrupt();
        attack.join();
        assertThat(attacker.opened()).as("the attack was one").isGreaterThan(500);
    }

    /** One connection carries a hundred, and each has a buffer of 64 KB before it is whole. */
    @Test
    void callsOfAGrpcProbesPortAreBoundedNotOnlyConnections() throws Exception {
        pod.apply(redis().probed("redis", Kind.LIVENESS, new Grpc(FreePorts.next(), MeshPorts.GRPC_PROBES, ""))
                .build());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        said.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1));
        for (int stream = 1; stream < 2 * 50; stream += 2) {
            // POST http://x/ by HPACK's own indexes, and no end
            said.writeBytes(new byte[] {0, 0, 6, 1, 4, 0, 0, 0, (byte) stream, (byte) 0x83, (byte) 0x86, (byte) 0x84});
            said.writeBytes(new byte[] {0x41, 1, 'x'});
        }
        try (Socket one = Attacker.connect(pod.layout.opsPort() + 1, "127.0.0.2")) {
            one.getOutputStream().write(said.toByteArray());
            StringBuilder answers = new StringBuilder();
            await().atMost(PATIENCE).until(() -> {
                byte[] more =
                        one.getInputStream().readNBytes(one.getInputStream().available());
                return answers.append(new String(more, ISO_8859_1)).toString().split("\u0003408", -1).length > 1;
            });
            assertThat(answers.toString().split("\u0003503", -1))
                    .as("refused at once of 50, where 20 may wait for their bodies")
                    .hasSize(1 + 30);
        }
    }

    private void openFiftyEachTenthOfASecond() {
        try {
            while (true) {
                attacker.hold(50, KUBELET);
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException | IOException over) {
            // the probes were answered
        }
    }

    @Test
    void http2ByPrefaceIsNoProtocolHere() throws Exception {
        assertThat(said("127.0.0.2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    /** @return the first bytes of the answer, which is there within the kubelet's patience */
    private String probe(String source, String header) throws IOException {
        long start = System.nanoTime();
        String answer = said(source, "GET /ready HTTP/1.1\r\nHost: x\r\n" + header + "\r\n");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
        return answer;
    }

    private String said(String source, String request) throws IOException {
        try (Socket socket = Attacker.connect(pod.layout.opsPort(), source)) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readNBytes(12), US_ASCII);
        }
    }
}
