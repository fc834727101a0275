package io.hamesh.testbed.road;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoadChoiceTest {
    @Test
    void existingClusterComesBeforeEverything(@TempDir Path folder) throws IOException {
        var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), "");
        assertThat(RoadChoice.choose(new Machine(Optional.of(kubeconfig), true, true, true)))
                .isEqualTo(new Road.Existing(kubeconfig));
    }

    @Test
    void unreadableKubeconfigIsNamedAndNothingElseIsTried(@TempDir Path folder) {
        var nowhere = folder.resolve("nowhere");
        var road = RoadChoice.choose(new Machine(Optional.of(nowhere), true, true, true));
        assertThat(road).isInstanceOfSatisfying(Road.Blocked.class, blocked -> assertThat(blocked.whatToDo())
                .contains("HAMESH_KUBECONFIG", nowhere.toString()));
    }

    @Test
    void dockerComesBeforeANativeNode() {
        assertThat(RoadChoice.choose(new Machine(Optional.empty(), true, true, true)))
                .isEqualTo(new Road.Docker());
    }

    @Test
    void rootOnLinuxWithoutDockerTakesTheNativeRoad() {
        assertThat(RoadChoice.choose(new Machine(Optional.empty(), false, true, true)))
                .isEqualTo(new Road.Native());
    }

    @Test
    void withoutRootTheMessageNamesAllThreeWays() {
        assertThat(RoadChoice.choose(new Machine(Optional.empty(), false, true, false)))
                .isInstanceOfSatisfying(Road.Blocked.class, blocked -> assertThat(blocked.whatToDo())
                        .contains("HAMESH_KUBECONFIG", "docker info", "as root"));
    }

    @Test
    void elsewhereThanOnLinuxRootIsNoWay() {
        assertThat(RoadChoice.choose(new Machine(Optional.empty(), false, false, true)))
                .isInstanceOfSatisfying(Road.Blocked.class, blocked -> assertThat(blocked.whatToDo())
                        .contains("docker info")
                        .doesNotContain("as root"));
    }
}
