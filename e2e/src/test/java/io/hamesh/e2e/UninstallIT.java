package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.testbed.Platform;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * HAmesh is uninstalled while its pods run, with a Consul that is not its own: they go on, and nothing is left but what the
 * contract names. {@link EmbeddedConsulIT} does the same with its own.
 */
@EndToEnd(release = EndToEnd.Release.LEFT_CHANGED)
@Order(EndToEnd.LEAVES_RELEASE_CHANGED)
@Isolated("HAmesh itself goes and comes")
class UninstallIT {
    private static Release release;
    private static Scene scene;
    private static String consulImage;

    @BeforeAll
    static void start(Platform platform, Scene given) {
        release = new Release(platform);
        scene = given;
        consulImage = release.consulImage();
        release.removeEverything();
    }

    @Test
    void meshGoesOnWithAnExternalConsul() {
        ExternalConsul external = ExternalConsul.start(scene, consulImage);
        Consul consul = external.consul();
        SmallMesh names = SmallMesh.in(scene);
        consul.replaceIntention(names.api(), names.web(), "allow"); // by somebody else: nobody may remove it
        SortedSet<String> othersEntries = consul.everything();
        ClusterListing before = ClusterListing.of(scene.kubectl());
        release.install("consul.embedded.enabled=false", "consul.address=" + external.address());
        scene.apply(Intention.to(names.db()).allowing(names.web()));
        SmallMesh mesh = names.start();
        SortedSet<String> entries = consul.everything();
        assertThat(entries).contains("service-intentions " + mesh.db(), "service-defaults " + mesh.api());

        String said = mesh.underLoad(release::uninstall);
        System.out.println(said);
        assertThat(consul.everything()).isEqualTo(entries);
        before.awaitOnlyTheContractBesides(scene.kubectl());
        assertIntentionIsKeptAndFree(mesh);
        assertNobodyIsAskedAboutPods();
        consul.replaceIntention(mesh.api(), mesh.web(), "deny");
        Eventually.timed("a deny written in Consul bites without an operator", () -> assertThat(mesh.apiStatus())
                .isEqualTo(403));

        System.out.println(release.removeTheRest(said));
        before.awaitNothingBesides(scene.kubectl());
        assertThat(consul.everything()).isEqualTo(othersEntries);
    }

    private static void assertIntentionIsKeptAndFree(SmallMesh mesh) {
        String[] get = {
            "get", "serviceintention", mesh.db(), "-o", "jsonpath={.spec.sources[0].name} {.metadata.finalizers}"
        };
        assertThat(scene.kubectl().run(get).expectSuccess()).isEqualTo(mesh.web() + " ");
    }

    /** Nothing waits for the operator: an annotated pod is admitted, and stays outside of the mesh. */
    private static void assertNobodyIsAskedAboutPods() {
        String[] run = {
            "run",
            "late",
            "--image=any",
            "--annotations=hamesh.io/inject=true",
            "--dry-run=server",
            "-o",
            "jsonpath={.spec.initContainers}{.spec.containers[*].name}"
        };
        assertThat(scene.kubectl().run(run).expectSuccess()).isEqualTo("late");
    }
}
