package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same bytes from the same client to the same application, directly and through two sidecars: both sides see the same,
 * but for {@link #OF_A_HOP} in every row, and for what a row itself says, with its reason.
 */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsWithoutTheMeshTest {
    /** Headers that may differ everywhere, and why. Their names' case and the order of different names may, too (RFC 9110). */
    private static final Map<String, String> OF_A_HOP = Map.of(
            "connection", "is said anew on each connection (RFC 9110, section 7.6.1)",
            "keep-alive", "as `connection`",
            "x-forwarded-client-cert", "says who calls; an application without the mesh is told by nobody");

    private record Seen(List<String> client, List<String> app) {}

    private final List<AutoCloseable> open = new ArrayList<>();
    private final int httpPort = FreePorts.next();
    private final int tcpPort = FreePorts.next();
    private TalkingApp http;
    private TalkingApp tcp;

    static Stream<MeshRow> rows() {
        return Stream.of(HttpRows.all(), AnswerRows.all(), SlowAndLargeRows.all(), TcpRows.all().stream())
                .flatMap(rows -> rows);
    }

    @BeforeAll
    void pods(@TempDir Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        http = closing(new TalkingApp(FreePorts.next()));
        tcp = closing(new TalkingApp(FreePorts.next()));
        TestPod api = closing(new TestPod(directory.resolve("api")));
        TestPod store = closing(new TestPod(directory.resolve("store")));
        TestPod caller = closing(new TestPod(directory.resolve("www")));
        api.apply(pod(ca, "api")
                .speaking(Protocol.HTTP)
                .onPort(http.port())
                .allow("www")
                .build());
        store.apply(pod(ca, "store")
                .speaking(Protocol.TCP)
                .onPort(tcp.port())
                .allow("www")
                .build());
        caller.apply(pod(ca, "www")
                .clientOnly()
                .calling("api", httpPort, Protocol.HTTP, api.endpoint())
                .calling("store", tcpPort, Protocol.TCP, store.endpoint())
                .build());
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    static Stream<MeshRow> patient() {
        return SlowAndLargeRows.patient();
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("patient")
    void bothSidesSeeTheSameAfterAWhile(MeshRow row) throws Exception {
        bothSidesSeeTheSame(row);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void bothSidesSeeTheSame(MeshRow row) throws Exception {
        TalkingApp app = row.http() ? http : tcp;
        Seen direct = run(row, app, app.port());
        Seen mesh = run(row, app, row.http() ? httpPort : tcpPort);
        assertThat(direct.client()).as("without the mesh").noneMatch(saw -> saw.startsWith("failed"));
        Seen wanted = row.differs()
                .map(difference -> new Seen(difference.client(), difference.app()))
                .orElse(direct);
        assertThat(mesh.client()).as("what the client saw").isEqualTo(wanted.client());
        assertThat(mesh.app()).as("what the application saw").isEqualTo(wanted.app());
        // A difference that is none any more is to leave the list.
        row.differs().ifPresent(difference -> assertThat(direct).isNotEqualTo(wanted));
    }

    private static Seen run(MeshRow row, TalkingApp app, int port) throws IOException, InterruptedException {
        Semaphore toApp = new Semaphore(0);
        Semaphore toClient = new Semaphore(0);
        app.play(row.app(), !row.http(), toApp, toClient);
        try (Conversation client = new Conversation(TestPod.connect(port), toClient, toApp)) {
            try {
                row.client().run(client);
            } catch (IOException end) {
                client.note("failed: " + end.getMessage());
            }
            int ended =
                    row.differs().map(difference -> difference.app().isEmpty()).orElse(false) ? 0 : row.exchanges();
            assertThat(app.done().tryAcquire(ended, 8, TimeUnit.SECONDS))
                    .as("%s exchanges end; the client saw %s", ended, client.saw())
                    .isTrue();
            return new Seen(ofBothHops(client.saw()), ofBothHops(app.saw()));
        }
    }

    private static List<String> ofBothHops(List<String> saw) {
        return saw.stream()
                .filter(line -> OF_A_HOP.keySet().stream().noneMatch(name -> line.startsWith(name + ": ")))
                .toList();
    }

    private static Snapshots pod(TestCa ca, String name) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id(name));
        return Snapshots.of(name)
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }
}
