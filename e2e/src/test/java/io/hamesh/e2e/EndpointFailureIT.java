package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An endpoint that Consul still names but that refuses connections costs no request. */
@EndToEnd
class EndpointFailureIT {
    private static final int API = 8080;
    private static final int DB = 8081;
    private static final int NOBODY_LISTENS = 21999;

    private static Scene scene;
    private static String api;
    private static String db;
    private static RunningPod web;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        db = scene.service("db");
        String client = scene.service("web");
        scene.apply(Intention.to(api).allowing(client));
        scene.apply(Intention.to(db).allowing(client));
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(client).calling(api + ":" + API, db + ":" + DB),
                AppPod.server("api", api, Protocol.HTTP),
                AppPod.server("db", db, Protocol.TCP));
        web = pods.getFirst();
        Eventually.that("both services to answer", () -> {
            assertThat(web.caller().get(API, "/").status()).isEqualTo(200);
            assertThat(web.caller().line(DB, "PING").received()).startsWith("PONG");
        });
    }

    @Test
    void httpRequestsGoToTheEndpointThatLives() {
        assertNothingFails(api, StreamKind.SSE, API);
    }

    @Test
    void tcpConnectionsGoToTheEndpointThatLives() {
        assertNothingFails(db, StreamKind.TCP, DB);
    }

    private static void assertNothingFails(String service, StreamKind kind, int port) {
        String load = "load-" + port;
        double failedBefore = failedConnects();
        web.caller().load(load, kind, port, Duration.ofMillis(10));
        scene.consul().register("dead-" + service, service, web.ip(), NOBODY_LISTENS);
        try {
            Eventually.that("the dead endpoint to have been tried", () -> assertThat(failedConnects())
                    .isGreaterThan(failedBefore));
            long soFar = web.caller().counts(load).ok();
            Eventually.that(
                    "a hundred more exchanges",
                    () -> assertThat(web.caller().counts(load).ok()).isGreaterThan(soFar + 100));
        } finally {
            scene.consul().deregister("dead-" + service);
        }
        Counts counts = web.caller().stopLoad(load);
        assertThat(counts.failed()).as(counts.toString()).isZero();
    }

    /** Counted by backend: a server's own counters go with it. */
    private static double failedConnects() {
        return web.proxy().metric("haproxy_backend_connection_errors_total")
                + web.proxy().metric("haproxy_backend_retry_warnings_total")
                + web.proxy().metric("haproxy_backend_redispatch_warnings_total");
    }
}
