package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Protocol;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A deny reaches what is already open, and only the source that it names. */
@EndToEnd
class OpenConnectionsIT {
    private static final int API = 8080;
    private static final int DB = 8081;

    /** How a source loses what it had. */
    enum Change {
        ALLOWED_BY_NAME_THEN_DENIED_BY_NAME,
        ALLOWED_BY_STAR_THEN_DENIED_BY_NAME,
        ALLOWED_BY_NAME_THEN_NO_LONGER_NAMED;

        Intention before(Intention to, String loser, String other) {
            return this == ALLOWED_BY_STAR_THEN_DENIED_BY_NAME ? to.allowing("*") : to.allowing(loser, other);
        }

        Intention after(Intention to, String loser, String other) {
            return switch (this) {
                case ALLOWED_BY_NAME_THEN_DENIED_BY_NAME -> to.allowing(other).denying(loser);
                case ALLOWED_BY_STAR_THEN_DENIED_BY_NAME -> to.denying(loser).allowing("*");
                case ALLOWED_BY_NAME_THEN_NO_LONGER_NAMED -> to.allowing(other);
            };
        }
    }

    /** One open stream of one caller. */
    private record Held(Caller caller, String id, StreamKind kind) {
        static Held open(Caller caller, StreamKind kind, String id) {
            caller.open(id, kind, kind == StreamKind.TCP ? DB : API);
            Held held = new Held(caller, id, kind);
            Eventually.that(
                    id + " to flow", () -> assertThat(held.now().bytes()).isPositive());
            return held;
        }

        Caller.Stream now() {
            return caller.stream(id);
        }

        void flowsOn() {
            long before = now().bytes();
            Eventually.that(id + " to go on", () -> assertThat(now().bytes()).isGreaterThan(before));
            assertThat(now().open()).as(id).isTrue();
        }
    }

    private static Scene scene;
    private static String api;
    private static String db;
    private static String web;
    private static String cron;
    private static Caller webCaller;
    private static Caller cronCaller;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        db = scene.service("db");
        web = scene.service("web");
        cron = scene.service("cron");
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(api + ":" + API, db + ":" + DB),
                AppPod.caller("cron").inMeshAs(cron).calling(api + ":" + API, db + ":" + DB),
                AppPod.server("api", api, Protocol.HTTP),
                AppPod.server("db", db, Protocol.TCP));
        webCaller = pods.get(0).caller();
        cronCaller = pods.get(1).caller();
    }

    @ParameterizedTest
    @EnumSource
    void deniedSourceLosesItsOpenConnectionsAndAnotherKeepsThem(Change change) {
        applyToBoth(to -> change.before(to, web, cron));
        awaitAllowed(webCaller);
        awaitAllowed(cronCaller);
        List<Held> lost = openEveryKind(webCaller, change + "/web");
        List<Held> kept = openEveryKind(cronCaller, change + "/cron");

        applyToBoth(to -> change.after(to, web, cron));

        for (Held held : lost) {
            Eventually.timed(
                    change + ": open " + held.kind() + " closed",
                    () -> assertThat(held.now().open()).isFalse());
        }
        assertThat(webCaller.get(API, "/").status()).isEqualTo(403);
        assertThat(webCaller.line(DB, "PING").refused()).isTrue();
        kept.forEach(Held::flowsOn);
    }

    private static void applyToBoth(UnaryOperator<Intention> policy) {
        scene.apply(policy.apply(Intention.to(api)));
        scene.apply(policy.apply(Intention.to(db)));
    }

    private static void awaitAllowed(Caller caller) {
        Eventually.that("the caller to be allowed", () -> {
            assertThat(caller.get(API, "/").status()).isEqualTo(200);
            assertThat(caller.line(DB, "PING").received()).startsWith("PONG");
        });
    }

    private static List<Held> openEveryKind(Caller caller, String id) {
        return List.of(StreamKind.values()).stream()
                .map(kind -> Held.open(caller, kind, id + "/" + kind))
                .toList();
    }
}
