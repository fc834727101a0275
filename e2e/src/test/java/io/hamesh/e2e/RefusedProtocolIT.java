package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Somebody routes a service's requests in Consul, and then a pod says that the service speaks no HTTP. */
@EndToEnd
class RefusedProtocolIT {
    /** The next comparison of the catalog, and some. */
    private static final Duration BOUND = Duration.ofSeconds(90);

    @Test
    void podIsRegisteredToldWhatToChangeAndHeardWhenThatIsDone(Scene scene) {
        String api = scene.service("api");
        RunningPod first = scene.start(AppPod.server("first", api, Protocol.HTTP));
        Eventually.that("the pod's protocol to be declared", () -> assertThat(protocol(scene, api))
                .isEqualTo("http"));
        route(scene, api);
        try {
            scene.delete(first);
            Eventually.that(
                    "the old pod to be gone", () -> assertThat(scene.podNames()).isEmpty());
            scene.start(AppPod.server("second", api, Protocol.TCP));

            Eventually.that("the pod to be told", () -> {
                String events = scene.kubectl()
                        .run("events", "--for=pod/second", "--types=Warning")
                        .expectSuccess();
                assertThat(events).contains("ProtocolNotDeclared", "service-defaults " + api, "service-router", "tcp");
                System.out.println("[event] " + events.lines().toList().getLast());
            });
            scene.awaitEndpoints(api, 1);
            assertThat(protocol(scene, api)).isEqualTo("http");
        } finally {
            scene.consul().deleteEntry("service-router", api);
        }
        long start = System.nanoTime();
        Eventually.that("the protocol to be declared", BOUND, () -> assertThat(protocol(scene, api))
                .isEqualTo("tcp"));
        System.out.printf(
                "[time] the entry that was in the way goes → protocol declared: %d ms%n",
                (System.nanoTime() - start) / 1_000_000);
    }

    private static void route(Scene scene, String service) {
        Map<String, Object> everything =
                Map.of("Match", Map.of("HTTP", Map.of("PathPrefix", "/")), "Destination", Map.of("Service", service));
        scene.consul()
                .put("/v1/config", Map.of("Kind", "service-router", "Name", service, "Routes", List.of(everything)));
    }

    private static String protocol(Scene scene, String service) {
        return scene.consul()
                .get("/v1/config/service-defaults/" + service)
                .path("Protocol")
                .asText();
    }
}
