package io.hamesh.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.testbed.host.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoManifestsTest {
    private final Path root;

    DemoManifestsTest(@TempDir Path root) {
        this.root = root;
    }

    @BeforeEach
    void writeManifest() throws IOException {
        var folder = Files.createDirectories(root.resolve("deploy/demo"));
        Files.writeString(folder.resolve("shop.yaml"), "spec:\n- image: redis:8.0\n  image: \"hamesh/demo-www:1\"\n");
    }

    @Test
    void namesAreThoseThatContainerdUses() {
        var demo = DemoManifests.of(new Checkout(root));
        assertThat(demo.namesOf("redis")).containsExactly("docker.io/library/redis:8.0");
        assertThat(demo.namesOf("hamesh/demo-www")).containsExactly("docker.io/hamesh/demo-www:1");
    }

    @Test
    void renamedImageIsNotSilentlyMissing() {
        assertThatThrownBy(() -> DemoManifests.of(new Checkout(root)).namesOf("valkey"))
                .hasMessageContainingAll("valkey", "redis:8.0");
    }
}
