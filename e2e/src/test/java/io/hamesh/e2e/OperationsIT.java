package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Annotations;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.Protocol;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ports that are not the mesh's: for operators, for scrapers, for clients outside. */
@EndToEnd
class OperationsIT {
    private static final int UNSECURED = 8088;

    private static RunningPod api;
    private static RunningPod client;
    private static Caller outsider;

    @BeforeAll
    static void start(Scene scene) {
        List<RunningPod> pods = scene.start(
                AppPod.server("api", scene.service("api"), Protocol.HTTP)
                        .annotated(Annotations.UNSECURED_PORT, Integer.toString(UNSECURED)),
                AppPod.caller("client").inMeshAs(scene.service("client")),
                AppPod.caller("outsider"));
        api = pods.get(0);
        client = pods.get(1);
        outsider = pods.get(2).caller();
    }

    @Test
    void metricsAreOnThePodsAddress() {
        assertThat(outsider.getFrom(api.ip(), MeshPorts.OPS, "/metrics").body())
                .contains("haproxy_process_", "haproxy_frontend_http_requests_total", "haproxy_backend_status");
        assertThat(outsider.getFrom(api.ip(), MeshPorts.OPS, "/ready").status()).isEqualTo(200);
    }

    @Test
    void nothingElseIsServedBesideTheMetrics() {
        assertThat(outsider.getFrom(api.ip(), MeshPorts.OPS, "/").status()).isEqualTo(404);
    }

    @Test
    void statsPageIsOnLoopbackOnly() {
        assertThat(client.caller().get(MeshPorts.STATS, "/").body()).contains("Statistics Report for HAProxy");
        assertThat(outsider.getFrom(client.ip(), MeshPorts.STATS, "/").error()).isEqualTo("ECONNREFUSED");
    }

    @Test
    void unsecuredPortLeadsAnybodyToTheApplication() {
        Eventually.that("the unsecured port to answer", () -> assertThat(
                        outsider.getFrom(api.ip(), UNSECURED, "/").status())
                .isEqualTo(200));
        var answer = outsider.getFrom(api.ip(), UNSECURED, "/");
        assertThat(Json.tree(answer.body()).path("pod").asText()).isEqualTo(api.name());
        assertThat(answer.body()).as("no identity is claimed for a stranger").doesNotContain("spiffe://");
        assertThat(outsider.getFrom(api.ip(), AppPod.APP_PORT, "/").error()).isEqualTo("ECONNREFUSED");
    }

    @Test
    void podWithoutUnsecuredPortHasNone() {
        assertThat(outsider.getFrom(client.ip(), UNSECURED, "/").error()).isEqualTo("ECONNREFUSED");
    }
}
