package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.hamesh.model.Protocol;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy that {@code kubectl debug --copy-to} makes is looked into, and takes no traffic. */
@EndToEnd
class DebugCopyIT {
    private static final int API = 8080;
    private static final int CALLS = 60;

    private static Scene scene;
    private static String api;
    private static AppDeployment deployment;
    private static RunningPod original;
    private static Caller caller;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        String web = scene.service("web");
        scene.apply(Intention.to(api).allowing(web));
        deployment = AppDeployment.create(scene, AppPod.server("api", api, Protocol.HTTP), 1);
        caller = scene.start(AppPod.caller("web").inMeshAs(web).calling(api + ":" + API))
                .caller();
        deployment.awaitRollout();
        original = scene.awaitReady(deployment.podNames().getFirst());
        scene.awaitEndpoints(api, 1);
    }

    /** The second pod of the Deployment comes later, and is there when the calls are counted. */
    @Test
    void copyWithTheDefaultProfileTakesNoTraffic() {
        copy("copied", "--profile=legacy").expectSuccess();
        RunningPod copy = scene.awaitReady("copied");
        Eventually.that("the copy to be told", () -> assertThat(events("copied", "NotRegistered"))
                .singleElement()
                .asString()
                .contains("a copy of pod api-", "takes no traffic of the mesh"));
        deployment.scale(2);
        deployment.awaitRollout();
        scene.awaitEndpoints(api, 2);
        assertThat(scene.consul().endpoints(api))
                .contains(original.ip() + ":20000")
                .doesNotContain(copy.ip() + ":20000");
        assertThat(IntStream.range(0, CALLS).mapToObj(i -> caller.get(API, "/").body()))
                .allMatch(body -> body.contains("\"pod\":\"api-"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"general", "restricted", "baseline"})
    void copyWithoutAnnotationsIsRefusedWithTheFlagThatHelps(String profile) {
        assertThat(copy("copy-" + profile, "--profile=" + profile).err())
                .contains("denied the request", "--profile=general --keep-init-containers=false");
        copy("copy-" + profile, "--profile=" + profile, "--keep-init-containers=false")
                .expectSuccess();
        assertThat(scene.pod("copy-" + profile).getMetadata().getLabels()).isNullOrEmpty();
    }

    private static Kubectl.Result copy(String name, String... options) {
        String[] debug = {
            "debug",
            original.name(),
            "--copy-to=" + name,
            "--image=" + TestImages.NODE,
            "--image-pull-policy=IfNotPresent",
            "--container=debugger",
            "--attach=false"
        };
        String[] command = {"--", "node", "-e", "setInterval(() => {}, 1000)"};
        return scene.kubectl()
                .run(Stream.of(debug, options, command).flatMap(Stream::of).toArray(String[]::new));
    }

    private static List<String> events(String pod, String reason) {
        return scene.client().v1().events().inNamespace(scene.namespace()).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(pod))
                .filter(event -> event.getReason().equals(reason))
                .map(Event::getMessage)
                .toList();
    }
}
