package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A namespace goes with all that is in it, and leaves nothing in Consul. */
@EndToEnd
class NamespaceDeletionIT {
    /** An intention that waits for Consul in vain does so for 30 s, beside the 15 s and more that the pods take. */
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(30), Duration.ofSeconds(45));

    @Test
    void namespaceWithPodsAndIntentionsGoesAndLeavesNothing(Scene scene) {
        String api = scene.service("api");
        scene.apply(Intention.to(api).allowing(scene.service("web")));
        List<RunningPod> pods = scene.start(
                AppPod.server("api", api, Protocol.HTTP),
                AppPod.caller("web").inMeshAs(scene.service("web")).calling(api + ":8080"));
        Caller web = pods.getLast().caller();
        Eventually.that(
                "the service to answer",
                () -> assertThat(web.get(8080, "/").status()).isEqualTo(200));

        scene.kubectl()
                .run("delete", "namespace", scene.namespace(), "--wait=false")
                .expectSuccess();
        Eventually.within(BOUND, "a namespace with everything in it is gone", () -> assertThat(
                        scene.client().namespaces().withName(scene.namespace()).get())
                .isNull());
        assertThat(scene.consul().intentions(api)).isEmpty();
        Eventually.that(
                "its pods to be out of Consul", () -> assertThat(scene.consul().get("/v1/catalog/service/" + api))
                        .isEmpty());
    }
}
