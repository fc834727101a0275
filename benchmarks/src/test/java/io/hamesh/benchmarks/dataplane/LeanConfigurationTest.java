package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dgolden.write=true} writes the golden files anew; the diff is then the change in behaviour. */
class LeanConfigurationTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private final LeanConfiguration lean = new LeanConfiguration(pem("ROOT"), 23000);
    private final Leaf caller = leaf("caller");
    private final Leaf called = leaf("called");

    @ParameterizedTest
    @EnumSource
    void besideTheCaller(Protocol protocol) throws IOException {
        String listeners = LeanConfiguration.outbound(protocol, "web", 8401);
        String clusters = lean.upstream(protocol, "web", "10.0.0.1:23000", caller, called.uri());
        isAsKept(
                protocol,
                "caller",
                LeanConfiguration.admin("10.0.0.2", 23100) + LeanConfiguration.whole(listeners, clusters));
    }

    @ParameterizedTest
    @EnumSource
    void besideTheApplication(Protocol protocol) throws IOException {
        isAsKept(protocol, "called", lean.called(protocol, called, caller));
    }

    private static void isAsKept(Protocol protocol, String end, String rendered) throws IOException {
        Path file = GOLDEN.resolve("lean-" + protocol.id() + "-" + end + ".yaml");
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(file));
    }

    private static Leaf leaf(String service) {
        return new Leaf(pem(service + " certificate"), pem(service + " key"), "spiffe://mesh.consul/svc/" + service);
    }

    private static String pem(String name) {
        return "of " + name + "\nline 2\n";
    }
}
