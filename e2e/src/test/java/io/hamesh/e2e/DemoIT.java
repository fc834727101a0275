package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hamesh.model.Annotations;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the project is for: a page that counts its visits in Redis, denied, allowed and denied again. */
@EndToEnd
class DemoIT {
    private static final int PAGE = 8088;

    private static Scene scene;
    private static String redis;
    private static String www;
    private static RunningPod page;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        redis = scene.service("redis");
        www = scene.service("www");
        page = scene.start(
                        AppPod.demoPage("www", www)
                                .calling(redis + ":6379")
                                .annotated(Annotations.UNSECURED_PORT, Integer.toString(PAGE)),
                        AppPod.redis("redis", redis))
                .getFirst();
        scene.awaitEndpoints(redis, 1);
    }

    @Test
    void pageReachesRedisOnlyWhileAnIntentionAllowsIt() {
        Intention intention = Intention.to(redis).allowing(www);
        Eventually.timed("www to redis denied with no intention", this::assertDenied);

        scene.apply(intention);
        Eventually.timed("www to redis allowed after kubectl apply", this::assertAllowed);
        long visits = visits().path("visits").asLong();
        assertThat(Http.send("GET", page.url(PAGE), "").statusCode()).isEqualTo(200);
        assertThat(visits().path("visits").asLong()).isEqualTo(visits + 1);

        scene.delete(intention);
        Eventually.timed("www to redis denied again after kubectl delete", this::assertDenied);

        scene.apply(intention);
        Eventually.timed("www to redis allowed once more", this::assertAllowed);
        scene.apply(intention.denying(www));
        Eventually.timed("www to redis denied by an intention that says so", this::assertDenied);
    }

    private void assertAllowed() {
        assertThat(answer().statusCode()).isEqualTo(200);
    }

    private void assertDenied() {
        assertThat(answer().statusCode()).isEqualTo(503);
        assertThat(visits().path("error").asText()).contains("denied");
    }

    private static JsonNode visits() {
        return Json.tree(answer().body());
    }

    private static HttpResponse<String> answer() {
        return Http.send("GET", page.url(PAGE) + "/visits", "");
    }
}
