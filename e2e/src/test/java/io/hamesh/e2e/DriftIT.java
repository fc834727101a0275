package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hamesh.model.Protocol;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What somebody changes by hand: in Consul it is put right and counted, on a living pod it is told of and changes nothing. */
@EndToEnd
@Isolated("a bound of two seconds is measured")
class DriftIT {
    private static final Duration REPAIR = Bound.of(Duration.ofSeconds(2));
    private static final String DEFAULTS = "/v1/config/service-defaults/";

    private static Scene scene;
    private static String api;
    private static Intention intention;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        intention = Intention.to(api).allowing(scene.service("web"));
        scene.apply(intention);
        scene.start(AppPod.server("api", api, Protocol.HTTP));
        Eventually.that(
                "the intention to be in Consul",
                () -> assertThat(scene.consul().intentions(api)).isPresent());
        scene.awaitEndpoints(api, 1);
    }

    @Test
    void intentionChangedInConsulIsPutRightAndCounted() {
        double before = Operator.of(scene).counted("hamesh_intention_drift_repaired_total");
        scene.consul().replaceIntention(api, "mallory", "allow");
        assertRepaired("an intention changed in Consul", () -> assertThat(
                        scene.consul().intentions(api).orElseThrow().toString())
                .contains(scene.service("web"))
                .doesNotContain("mallory"));
        assertCounted("hamesh_intention_drift_repaired_total", before);
    }

    @Test
    void protocolChangedInConsulIsPutRightAndCounted() {
        double before = Operator.of(scene).counted("hamesh_catalog_drift_repaired_total{kind=\"protocol\"}");
        ObjectNode entry = (ObjectNode) scene.consul().get(DEFAULTS + api);
        scene.consul().put("/v1/config", entry.put("Protocol", "tcp"));
        assertRepaired("service-defaults changed in Consul", DriftIT::assertProtocol);
        assertCounted("hamesh_catalog_drift_repaired_total{kind=\"protocol\"}", before);

        scene.consul().deleteProtocol(api);
        assertRepaired("service-defaults removed from Consul", DriftIT::assertProtocol);
        assertCounted("hamesh_catalog_drift_repaired_total{kind=\"protocol\"}", before + 1);
    }

    @Test
    void annotationChangedOnALivingPodIsToldOfAndChangesNothing() {
        String before = scene.consul().get("/v1/catalog/service/" + api).toString();
        scene.kubectl()
                .run("annotate", "--overwrite", "pod", "api", "hamesh.io/service=other", "hamesh.io/port=1")
                .expectSuccess();
        Eventually.timed("an Event tells of changed annotations", () -> assertThat(scene.kubectl()
                        .run("events", "--for=pod/api", "--types=Warning")
                        .expectSuccess())
                .contains("AnnotationIgnored", "hamesh.io/port, hamesh.io/service"));
        assertThat(scene.consul().get("/v1/catalog/service/" + api)).hasToString(before);
    }

    private static void assertProtocol() {
        assertThat(scene.consul().get(DEFAULTS + api).path("Protocol").asText()).isEqualTo("http");
    }

    private static void assertRepaired(String what, org.awaitility.core.ThrowingRunnable repaired) {
        Eventually.within(REPAIR, what + " is put right", repaired);
    }

    /** By the replica that leads, at least once more. */
    private static void assertCounted(String metric, double before) {
        Eventually.that(
                metric + " to count",
                () -> assertThat(Operator.of(scene).counted(metric)).isGreaterThanOrEqualTo(before + 1));
    }
}
