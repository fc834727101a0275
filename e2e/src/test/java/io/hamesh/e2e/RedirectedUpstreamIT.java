package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.HttpAnswer;
import io.hamesh.model.Protocol;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A redirect in Consul, which sidecars do not follow yet: the owner of the pod that calls is told, and so are its callers. */
@EndToEnd
class RedirectedUpstreamIT {
    private static final int API = 8080;
    private static final String RESOLVER = "service-resolver";

    @Test
    void redirectIsToldToTheCallingPodAndInItsAnswersUntilItGoes(Scene scene) {
        String api = scene.service("api");
        String elsewhere = scene.service("elsewhere");
        String web = scene.service("web");
        scene.apply(Intention.to(api).allowing(web));
        scene.create(AppDeployment.readyOnceItListens(
                AppPod.server("api", api, Protocol.HTTP).build()));
        Caller caller = scene.start(AppPod.caller("web").inMeshAs(web).calling(api + ":" + API))
                .caller();
        scene.awaitReady("api");
        awaitStatus(caller, 200);

        // Consul takes a redirect between services of one protocol only.
        scene.consul().setProtocol(elsewhere, Protocol.HTTP);
        try {
            scene.consul()
                    .put("/v1/config", Map.of("Kind", RESOLVER, "Name", api, "Redirect", Map.of("Service", elsewhere)));
            Eventually.timed("the calling pod is told of a redirect", () -> assertThat(warnings(scene, "web"))
                    .contains("UpstreamRedirected", RESOLVER + " " + api + " redirects it to service " + elsewhere));
            assertThat(caller.get(API, "/").status())
                    .as("its own endpoints go on to be called")
                    .isEqualTo(200);

            inApi(scene, "rm");
            awaitStatus(caller, 503);
            HttpAnswer redirected = caller.get(API, "/");
            assertThat(redirected.status()).isEqualTo(503);
            assertThat(redirected.body())
                    .isEqualTo("hamesh: the caller's sidecar, of " + web + ": no endpoint of " + api
                            + " takes it: a service-resolver in Consul redirects it to " + elsewhere
                            + ", which HAmesh does not follow yet\n");
            assertThat(redirected.headers())
                    .containsEntry("content-type", "text/plain")
                    .doesNotContainKey("x-hamesh-denied");
        } finally {
            scene.consul().deleteEntry(RESOLVER, api);
            scene.consul().deleteProtocol(elsewhere);
        }
        Eventually.timed("answers name no redirect any more", () -> assertThat(
                        caller.get(API, "/").body())
                .contains("no endpoint of " + api + " takes it: none is there"));
        inApi(scene, "touch");
        awaitStatus(caller, 200);
        assertThat(warnings(scene, "api")).as("who does not call it").doesNotContain("UpstreamRedirected");
    }

    private static void awaitStatus(Caller caller, int status) {
        Eventually.that(
                "status " + status,
                () -> assertThat(caller.get(API, "/").status()).isEqualTo(status));
    }

    /** Its pod is ready while that file is there. */
    private static void inApi(Scene scene, String command) {
        scene.kubectl()
                .run("exec", "api", "-c", "app", "--", command, "/tmp/ready")
                .expectSuccess();
    }

    private static String warnings(Scene scene, String pod) {
        return scene.kubectl()
                .run("events", "--for=pod/" + pod, "--types=Warning")
                .expectSuccess();
    }
}
