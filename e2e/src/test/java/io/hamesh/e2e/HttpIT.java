package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.HttpAnswer;
import io.hamesh.model.Protocol;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** HTTP/1.1 between two services. */
@EndToEnd
class HttpIT {
    private static final int API = 8080;
    private static final String XFCC = "x-forwarded-client-cert";

    private static Scene scene;
    private static String api;
    private static String web;
    private static RunningPod server;
    private static Caller caller;
    private static Caller stranger;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        web = scene.service("web");
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(api + ":" + API),
                AppPod.caller("stranger").inMeshAs(scene.service("stranger")).calling(api + ":" + API),
                AppPod.server("api", api, Protocol.HTTP));
        caller = pods.get(0).caller();
        stranger = pods.get(1).caller();
        server = pods.get(2);
        scene.apply(Intention.to(api).allowing(web));
        Eventually.that(
                "the source to be allowed",
                () -> assertThat(caller.get(API, "/").status()).isEqualTo(200));
    }

    @Test
    void requestReachesTheApplicationAsItWasSent() {
        HttpAnswer answer = caller.get(API, "/a%2Fb;x=1?q=%25&r=//", Map.of("X-Mine", "kept"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Json.tree(answer.body()).path("url").asText()).isEqualTo("/a%2Fb;x=1?q=%25&r=//");
        assertThat(header(answer, "x-mine")).isEqualTo("kept");
        assertThat(Json.tree(answer.body()).path("pod").asText()).isEqualTo(server.name());
    }

    @Test
    void deniedRequestSaysThatAnIntentionDeniedIt() {
        HttpAnswer denied =
                Eventually.get("an endpoint's answer", () -> stranger.get(API, "/"), answer -> !List.of(0, 503)
                        .contains(answer.status()));
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.headers()).containsEntry("x-hamesh-denied", "intention");
        assertThat(caller.get(API, "/").headers()).doesNotContainKey("x-hamesh-denied");
    }

    @Test
    void applicationLearnsWhoCalls() {
        assertThat(header(caller.get(API, "/"), XFCC))
                .contains("URI=" + scene.consul().identity(web).uri());
    }

    @Test
    void forgedIdentityHeaderIsReplaced() {
        String forged = "URI=spiffe://forged/ns/default/dc/dc1/svc/admin";
        HttpAnswer answer = caller.get(API, "/", Map.of("X-Forwarded-Client-Cert", forged));
        assertThat(answer.body()).doesNotContain("spiffe://forged");
        assertThat(header(answer, XFCC)).contains(scene.consul().identity(web).uri());
    }

    private static String header(HttpAnswer answer, String name) {
        return Json.tree(answer.body()).path("headers").path(name).asText();
    }
}
