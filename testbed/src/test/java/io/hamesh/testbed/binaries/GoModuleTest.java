package io.hamesh.testbed.binaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoModuleTest {
    @Test
    void kubernetesIsToldItsVersion() {
        assertThat(GoModule.kubernetesFlags("require (\n\tk8s.io/kubernetes v1.34.4 // indirect\n)"))
                .contains("gitVersion=v1.34.4", "gitMajor=1", "gitMinor=34", "chartutil.k8sVersionMinor=34");
    }

    @Test
    void moduleWithoutKubernetesIsRefused() {
        assertThatThrownBy(() -> GoModule.kubernetesFlags("module x")).hasMessageContaining("k8s.io/kubernetes");
    }

    @Test
    void keyChangesWithEachFileFlagAndCompiler(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("go.mod"), "module x\n");
        var module = new GoModule("x", folder, List.of("tool"), "-s -w");
        var key = module.key("go1");

        assertThat(module.key("go1")).isEqualTo(key);
        assertThat(module.key("go2")).isNotEqualTo(key);
        assertThat(new GoModule("x", folder, List.of("tool"), "-s").key("go1")).isNotEqualTo(key);
        Files.writeString(folder.resolve("go.sum"), "");
        assertThat(module.key("go1")).isNotEqualTo(key);
    }
}
