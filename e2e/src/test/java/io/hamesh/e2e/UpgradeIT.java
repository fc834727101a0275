package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hamesh.model.Protocol;
import io.hamesh.testbed.Platform;
import io.hamesh.testbed.host.Command;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * From an earlier commit's chart and images to this checkout's, and back. That commit is built first: the previous one, or
 * that of {@code -Dhamesh.e2e.upgrade-from=v0.1.0}.
 */
@EndToEnd(release = EndToEnd.Release.OWN)
@Order(EndToEnd.BRINGS_OWN_RELEASE)
@Isolated("HAmesh changes its version")
class UpgradeIT {
    private static final String FROM = System.getProperty("hamesh.e2e.upgrade-from", "HEAD~1");

    private static Release release;
    private static Scene scene;
    private static SmallMesh mesh;

    @BeforeAll
    static void installTheEarlierCommit(Platform platform, Scene given) {
        Path checkout = platform.chart().resolve("../..").normalize();
        Command.Result commit = commit(checkout);
        assumeThat(commit.ok())
                .as("%s is no commit of this checkout: it has no history, or not enough", FROM)
                .isTrue();
        release = new Release(platform);
        scene = given;
        release.removeEverything();
        installFrom(checkout, commit.output().strip());
        SmallMesh names = SmallMesh.in(scene);
        scene.apply(Intention.to(names.api()).allowing(names.web()));
        scene.apply(Intention.to(names.db()).allowing(names.web()));
        mesh = names.start();
    }

    private static Command.Result commit(Path checkout) {
        return Command.of("git", "-C", checkout.toString(), "rev-parse", "--verify", "--quiet", FROM + "^{commit}")
                .run();
    }

    /** That commit's own way: its testbed builds its images and installs its chart. */
    private static void installFrom(Path checkout, String commit) {
        System.out.println("building and installing commit " + commit);
        Path earlier = checkout.resolve("target/earlier");
        Command git = Command.of("git", "-C", checkout.toString(), "worktree");
        git.and("remove", "--force", earlier.toString()).run();
        git.and("add", "--detach", "--force", earlier.toString(), commit).output();
        Command.of(earlier.resolve("deploy/testbed").toString(), "install")
                .with("HAMESH_ROOT", earlier.toString())
                .output();
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
            try (Admissions admissions = Admissions.start(scene)) {
                release.rollback();
                assertNewPodJoins("after-rollback");
                Admissions.Counts admitted = admissions.stop();
                System.out.println("[count] rolled back: " + admitted);
                assertThat(admitted.failures()).isEmpty();
            }
            release.install();
            return "";
        });
    }

    /** Admitted, injected, registered, and asked. */
    private static void assertNewPodJoins(String name) {
        scene.create(AppDeployment.readyOnceItListens(
                AppPod.server(name, mesh.api(), Protocol.HTTP).build()));
        mesh.awaitAnswerOf(scene.awaitReady(name));
    }
}
