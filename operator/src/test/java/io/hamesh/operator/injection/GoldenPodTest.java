package io.hamesh.operator.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods in, pods out; {@code -Dgolden.write=true} writes the expected files anew, for review. */
class GoldenPodTest {
    private static final Path FILES = Path.of("src/test/resources/injection");

    @ParameterizedTest
    @ValueSource(strings = {"full", "client", "probes", "guaranteed"})
    void injectedPodIsExactlyTheGoldenOne(String name) throws IOException {
        Pod given = Serialization.unmarshal(text(name + ".in.yaml"), Pod.class);
        String injected = Serialization.asYaml(PodFixtures.injected(given));
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(FILES.resolve(name + ".out.yaml"), injected);
        }
        assertThat(injected).isEqualTo(text(name + ".out.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "client", "probes", "guaranteed"})
    void injectingAnInjectedPodChangesNothing(String name) throws IOException {
        Pod once = Serialization.unmarshal(text(name + ".out.yaml"), Pod.class);
        assertThat(Serialization.asYaml(PodFixtures.injected(once))).isEqualTo(text(name + ".out.yaml"));
    }

    private static String text(String name) throws IOException {
        try (InputStream in = GoldenPodTest.class.getResourceAsStream("/injection/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
