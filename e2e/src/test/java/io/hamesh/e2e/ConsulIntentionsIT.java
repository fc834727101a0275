package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hamesh.model.Protocol;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An intention that somebody writes with Consul's own tools counts, and stays theirs. */
@EndToEnd
class ConsulIntentionsIT {
    private static final int DB = 8081;

    private static Scene scene;
    private static String db;
    private static String web;
    private static Caller caller;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        db = scene.service("db");
        web = scene.service("web");
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(db + ":" + DB), AppPod.server("db", db, Protocol.TCP));
        caller = pods.getFirst().caller();
        scene.awaitEndpoints(db, 1);
    }

    @Test
    void intentionOfConsulsCommandLineIsEnforcedAndLeftAlone() {
        Eventually.that(
                "the source to be denied first",
                () -> assertThat(caller.line(DB, "PING").refused()).isTrue());
        scene.consul().cli("intention", "create", "-allow", web, db);
        Eventually.timed("allowed after consul intention create", this::assertAllowed);
        JsonNode written = entry();

        Intention ours = Intention.to(db).denying(web);
        scene.apply(ours);
        Eventually.that("the conflict to be told", () -> {
            JsonNode synced = scene.condition(ours, "Synced");
            assertThat(synced.path("status").asText()).isEqualTo("False");
            assertThat(synced.path("message").asText()).contains("hamesh.io/adopt");
        });
        assertThat(entry()).isEqualTo(written);
        assertAllowed();

        scene.delete(ours);
        assertThat(entry()).isEqualTo(written);
        assertAllowed();

        scene.consul().cli("intention", "delete", web, db);
        Eventually.timed(
                "denied after consul intention delete",
                () -> assertThat(caller.line(DB, "PING").refused()).isTrue());
    }

    private void assertAllowed() {
        assertThat(caller.line(DB, "PING").received()).startsWith("PONG");
    }

    private static JsonNode entry() {
        return scene.consul().intentions(db).orElseThrow();
    }
}
