package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A Consul that answers and refuses every write: told in its own words, nothing half done, made up for when it ends. */
@EndToEnd
@Isolated("nobody's write reaches Consul meanwhile")
class RefusedWritesIT {
    private static final int DB = 8081;
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(10));

    /** A pause that went on after the refusal would be 8 s in the end. */
    private static final Duration NOT_HELD_UP = Bound.of(Duration.ofSeconds(2));

    /** Some eight seconds apart in the end. */
    private static final Duration THREE_TRIES = Duration.ofSeconds(60);

    private static final String CONSULS_WORDS = "Consul answered HTTP 503: rate limit exceeded";
    private static final String TRIES = "hamesh_intention_reconciles_seconds_count{outcome=\"ConsulUnavailable\"}";

    private static Scene scene;
    private static String db;
    private static String web;
    private static Caller caller;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        db = scene.service("db");
        web = scene.service("web");
        scene.apply(Intention.to(db).allowing(web));
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(db + ":" + DB), AppPod.server("db", db, Protocol.TCP));
        caller = pods.getFirst().caller();
        Eventually.that("the source to be allowed", RefusedWritesIT::assertAllowed);
    }

    @Test
    void refusedIntentionSaysWhyAndTheOldOneHoldsUntilConsulTakesIt() {
        Intention intention = Intention.to(db).denying(web);
        JsonNode before = scene.consul().intentions(db).orElseThrow();
        Duration took;
        try (ConsulLimits limits = ConsulLimits.refusingWrites(scene)) {
            scene.apply(intention);
            Eventually.timed("a refused write is told in the status", () -> {
                JsonNode synced = scene.condition(intention, "Synced");
                assertThat(synced.path("status").asText()).isEqualTo("False");
                assertThat(synced.path("reason").asText()).isEqualTo("ConsulUnavailable");
                assertThat(synced.path("message").asText()).startsWith(CONSULS_WORDS);
            });
            assertTold("serviceintention/" + db, "ConsulUnavailable");
            assertTriedAgainAndAgain();
            assertThat(scene.consul().intentions(db)).contains(before);
            assertAllowed();
            took = since(limits.lift(), "the refusal ends → Synced", () -> assertThat(
                            scene.condition(intention, "Synced").path("status").asText())
                    .isEqualTo("True"));
        }
        assertThat(took).isLessThanOrEqualTo(BOUND);
        Eventually.that(
                "the new intention to count",
                () -> assertThat(caller.line(DB, "PING").refused()).isTrue());
        assertUnrefusedWriteIsNotHeldUp();
    }

    @Test
    void refusedPodSaysWhyAndIsRegisteredWhenConsulTakesIt() {
        String api = scene.service("api");
        Duration took;
        try (ConsulLimits limits = ConsulLimits.refusingWrites(scene)) {
            scene.create(AppPod.server("api", api, Protocol.HTTP));
            Eventually.that("the pod to be told", () -> assertTold("pod/api", "RegistrationWaits"));
            assertThat(scene.consul().instances(api)).isEmpty();
            limits.lift();
            took = Eventually.timed(
                    "the refusal ends → registered",
                    () -> assertThat(scene.consul().instances(api)).isNotEmpty());
        }
        assertThat(took).isLessThanOrEqualTo(BOUND);
        scene.awaitReady("api");
        scene.awaitEndpoints(api, 1);
    }

    /** With pauses between: a Consul that has too much to do gets no more. */
    private static void assertTriedAgainAndAgain() {
        Operator operator = Operator.of(scene);
        Instant start = Instant.now();
        double before = operator.counted(TRIES);
        Eventually.that("three more tries", THREE_TRIES, () -> assertThat(operator.counted(TRIES))
                .isGreaterThanOrEqualTo(before + 3));
        double tries = operator.counted(TRIES) - before;
        Duration took = Duration.between(start, Instant.now());
        System.out.printf("[time] refused writes: %.0f tries in %d ms%n", tries, took.toMillis());
        assertThat(took).isGreaterThan(Duration.ofSeconds(2));
    }

    /** The control: the same write where nobody refuses it. */
    private static void assertUnrefusedWriteIsNotHeldUp() {
        Intention intention = Intention.to(db).allowing(web);
        scene.apply(intention);
        Eventually.within(NOT_HELD_UP, "… and the next one", RefusedWritesIT::assertAllowed);
        assertThat(scene.condition(intention, "Synced").path("status").asText()).isEqualTo("True");
    }

    private static Duration since(long start, String what, ThrowingRunnable done) {
        Eventually.that(what, done);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("[time] %s: %d ms%n", what, took.toMillis());
        return took;
    }

    private static void assertAllowed() {
        assertThat(caller.line(DB, "PING").received()).startsWith("PONG");
    }

    private static void assertTold(String object, String reason) {
        String events = scene.kubectl()
                .run("events", "--for=" + object, "--types=Warning")
                .expectSuccess();
        assertThat(events).contains(reason, CONSULS_WORDS);
        events.lines()
                .filter(line -> line.contains(CONSULS_WORDS))
                .forEach(line -> System.out.println("[event] " + line));
    }
}
