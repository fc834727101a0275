package io.hamesh.agent.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hamesh.agent.haproxy.HaproxyRoot;
import io.hamesh.agent.haproxy.TestCa;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import io.hamesh.model.Protocol;
import io.hamesh.model.ProxySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code -Dgolden.write=true} writes the golden files anew; the diff is then the change in behaviour. */
class HaproxyConfigTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Salt SALT = new Salt("0123456789abcdef".repeat(4));

    static Stream<Map.Entry<String, Snapshots>> cases() {
        Endpoint one = new Endpoint("10.244.0.8", 20000);
        Endpoint two = new Endpoint("fd00::9", 20000);
        return Map.of(
                "tcp-service",
                Snapshots.of("redis").allow("www").deny("cron"),
                "http-service-with-upstreams",
                Snapshots.of("www")
                        .speaking(Protocol.HTTP)
                        .onPort(8080)
                        .unsecured(8080)
                        .at(true, "10.244.0.7", "fd00::7")
                        .allow("*")
                        .calling("redis", 6379, Protocol.TCP, one, two)
                        .calling("api", 9000, Protocol.HTTP, one),
                "grpc-service",
                Snapshots.of("api").speaking(Protocol.GRPC).onPort(9000).calling("ledger", 9100, Protocol.GRPC, one),
                "probes-of-every-kind",
                Snapshots.of("www")
                        .speaking(Protocol.HTTP)
                        .onPort(8080)
                        .at(true, "10.244.0.7", "fd00::7")
                        .probed("www", Kind.STARTUP, new Http(false, 8080, "/started?a=b&c='%20'", List.of("x-token")))
                        .probed("www", Kind.READINESS, new Http(false, 8080, "/", List.of("host")))
                        .probed("www", Kind.LIVENESS, new Http(true, 8443, "/healthz", List.of()))
                        .probed("www", Kind.POST_START, new Http(false, 8080, "/warm-up", List.of()))
                        .probed("www", Kind.PRE_STOP, new Http(true, 8443, "/drain", List.of()))
                        .probed("cache", Kind.LIVENESS, new Tcp(6379))
                        .probed("ledger", Kind.READINESS, new Grpc(9000, 20201, ""))
                        .probed("ledger", Kind.LIVENESS, new Grpc(9000, 20202, "bank.Ledger")),
                "client-with-a-probe",
                Snapshots.of("cron").clientOnly().probed("cron", Kind.LIVENESS, new Tcp(9999)),
                "client-without-endpoints",
                Snapshots.of("cron").clientOnly().calling("redis", 6379, Protocol.TCP))
                .entrySet()
                .stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersTheGoldenFile(Map.Entry<String, Snapshots> golden) throws Exception {
        String rendered =
                HaproxyConfig.render(golden.getValue().build(), SALT).contents().get(Layout.CONFIG);
        Path file = GOLDEN.resolve(golden.getKey() + ".cfg");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(file, rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(file));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void realHaproxyTakesTheGoldenFile(Map.Entry<String, Snapshots> golden, @TempDir Path directory) throws Exception {
        assumeTrue(HaproxyRoot.exists(), "needs the HAProxy of the images");
        Check check = check(golden.getValue(), directory);
        assertThat(check.log()).doesNotContain("WARNING").doesNotContain("ALERT");
        assertThat(check.result()).isZero();
    }

    /** Nothing would end the sessions that it resumes. */
    @Test
    void realHaproxyDoesNotStartWithoutTheShim(@TempDir Path directory) throws Exception {
        assumeTrue(HaproxyRoot.exists(), "needs the HAProxy of the images");
        Files.writeString(Files.createDirectories(directory.resolve("image")).resolve("spiffe_verifyhost.so"), "");
        Check check = check(Snapshots.of("redis").allow("www"), directory);
        assertThat(check.log()).contains("the identity shim is missing, or of another release than the agent");
        assertThat(check.result()).isNotZero();
    }

    /** What HAProxy says of its files. */
    private record Check(int result, String log) {}

    private static Check check(Snapshots snapshots, Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        var leaf = ca.leaf(Snapshots.id("redis"));
        MeshSnapshot real = snapshots
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .roots(ca.certificate())
                .build();
        Path run = Path.of("/run/hamesh");
        Layout layout = new Layout(run, run.resolve("image/spiffe.lua"), 20000, 20200, 1936);
        for (var file : new HaproxyConfig(layout).files(real, SALT).contents().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        Files.writeString(directory.resolve(Layout.STATUS), "");
        Path log = directory.resolve("log");
        Process check = HaproxyRoot.start(directory, run, log, "-c", "-f", "/run/hamesh/haproxy.cfg");
        int result = check.waitFor();
        return new Check(result, Files.readString(log));
    }

    @Test
    void callsOfferThePostQuantumKeyExchangeOnlyWhereThePodSaysSo() {
        String taken = "  ssl-default-bind-curves X25519MLKEM768:X25519:P-256\n";
        assertThat(config(Snapshots.of("www"))).contains(taken, "  ssl-default-server-curves X25519:P-256\n");
        assertThat(config(Snapshots.of("www").proxy(ProxySettings.DEFAULT.withPostQuantum(true))))
                .contains(taken, "  ssl-default-server-curves X25519MLKEM768:X25519:P-256\n");
    }

    @Test
    void otherPolicyChangesTheIntentionsAlone() {
        MeshSnapshot before = Snapshots.of("redis").allow("www").build();
        MeshSnapshot after = Snapshots.of("redis").deny("www").allow("cron").build();
        assertThat(before.differsInPolicyAlone(after)).isTrue();
        assertThat(HaproxyConfig.withPolicy(HaproxyConfig.render(before, SALT), after.policy()))
                .isEqualTo(HaproxyConfig.render(after, SALT))
                .isNotEqualTo(HaproxyConfig.render(before, SALT));
        assertThat(before.differsInPolicyAlone(
                        Snapshots.of("redis").allow("www").roots("others\n").build()))
                .isFalse();
    }

    private static String config(Snapshots pod) {
        return HaproxyConfig.render(pod.build(), SALT).contents().getOrDefault(Layout.CONFIG, "");
    }

    @Test
    void sourcesThatNoCertificateCanHaveNeverReachTheMap() {
        RenderedFiles files = HaproxyConfig.render(
                Snapshots.of("redis").allow("web\n* allow", "a b", "web").build(), SALT);
        assertThat(files.contents()).containsEntry(Layout.INTENTIONS, "web allow\n");
    }
}
