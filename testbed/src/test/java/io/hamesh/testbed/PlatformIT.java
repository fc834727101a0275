package io.hamesh.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(PlatformExtension.class)
class PlatformIT {
    @Test
    void nodeIsReadyAndPodsMayRunAtOnce(Platform platform) {
        var nodes = platform.client().nodes().list().getItems();
        assertThat(nodes).isNotEmpty().allSatisfy(node -> assertThat(
                        node.getStatus().getConditions())
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True")));
        assertThat(platform.kubectl("get", "serviceaccount", "default", "--output=name"))
                .contains("default");
    }

    @Test
    void classHasANamespaceOfItsOwn(Platform platform, TestNamespace namespace) {
        assertThat(namespace.name()).startsWith("platformit-");
        assertThat(platform.client().namespaces().withName(namespace.name()).get())
                .isNotNull();
        assertThat(namespace.kubectl("get", "pods", "--output=name")).isEmpty();
    }

    @Test
    void secondUpFindsTheFirst(Platform platform) {
        assertThat(platform.up()).isFalse();
    }

    @Test
    void evidenceOfAFailureIsKept(Platform platform, @TempDir Path folder) {
        var kept = folder.resolve("failures");
        platform.keepEvidence(kept, new AssertionError("what went wrong"));
        assertThat(kept.resolve("failure.txt")).content().contains("what went wrong");
        assertThat(kept.resolve("pods.txt")).content().contains("NAMESPACE");
        assertThat(kept.resolve("events.txt")).content().contains("LAST SEEN");
        assertThat(kept.resolve("machine.txt")).content().contains("MemAvailable");
        assertThat(Files.exists(kept.resolve("consul.catalog.services.json"))).isTrue();
    }
}
