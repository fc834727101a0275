package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import io.hamesh.testbed.Platform;
import io.hamesh.testbed.host.Command;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * From an earlier commit's chart and images to this checkout's, and back: {@code -Dhamesh.e2e.upgrade-from=HEAD~1}. Not
 * without being asked, because that commit has to be built.
 */
@EndToEnd
@Isolated("HAmesh changes its version")
@EnabledIfSystemProperty(named = UpgradeIT.FROM, matches = ".+")
class UpgradeIT {
    static final String FROM = "hamesh.e2e.upgrade-from";

    private static Release release;
    private static Scene scene;
    private static SmallMesh mesh;

    @BeforeAll
    static void installTheEarlierCommit(Platform platform, Scene given) {
        release = new Release(platform);
        scene = given;
        release.removeEverything();
        installFrom(platform, System.getProperty(FROM));
        SmallMesh names = SmallMesh.in(scene);
        scene.apply(Intention.to(names.api()).allowing(names.web()));
        scene.apply(Intention.to(names.db()).allowing(names.web()));
        mesh = names.start();
    }

    @AfterAll
    static void installAgain() {
        release.install();
    }

    /** That commit's own way: its testbed builds its images and installs its chart. */
    private static void installFrom(Platform platform, String commit) {
        Path checkout = platform.chart().resolve("../..").normalize();
        Path earlier = checkout.resolve("target/earlier");
        Command git = Command.of("git", "-C", checkout.toString(), "worktree");
        git.and("remove", "--force", earlier.toString()).run();
        git.and("add", "--detach", "--force", earlier.toString(), commit).output();
        Command.of(earlier.resolve("deploy/testbed").toString(), "install").output();
        git.and("remove", "--force", earlier.toString()).output();
    }

    @Test
    void nobodyNoticesAnUpgradeOrARollback() {
        mesh.underLoad(() -> {
            try (Admissions admissions = Admissions.start(scene)) {
                release.install();
                assertNewPodJoins("after-upgrade");
                Admissions.Counts admitted = admissions.stop();
                System.out.println("[count] upgraded: " + admitted);
                assertThat(admitted.failures()).isEmpty();
            }
            release.rollback();
            assertNewPodJoins("after-rollback");
            release.install();
            return "";
        });
    }

    /** Admitted, injected, registered, and asked. */
    private static void assertNewPodJoins(String name) {
        RunningPod pod = scene.start(AppPod.server(name, mesh.api(), Protocol.HTTP));
        mesh.awaitAnswerOf(pod);
    }
}
