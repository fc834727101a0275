package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Annotations;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pods of one service that say different protocols: callers reload for all of them together, and seldom, never for one. */
@EndToEnd
class ProtocolChangesIT {
    private static final int API = 8080;

    private static Scene scene;
    private static String api;
    private static RunningPod caller;
    private static RunningPod first;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        String web = scene.service("web");
        scene.apply(Intention.to(api).allowing(web));
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(api + ":" + API), saying("first", Protocol.HTTP));
        caller = pods.getFirst();
        first = pods.getLast();
        awaitAnswerOf(first);
    }

    @Test
    void protocolChangesOnceAllLivingPodsSayTheNewOneAndNotAgainSoon() {
        JsonNode http = declared();
        assertThat(http.path("Protocol").asText()).isEqualTo("http");
        RunningPod odd = joinsUnnoticed("odd", Protocol.TCP, "go on with http", "others say http");

        List<String> before = caller.proxy().processes();
        scene.delete(first);
        Eventually.timed(
                "the last pod that says http goes → tcp in Consul",
                () -> assertThat(declared().path("Protocol").asText()).isEqualTo("tcp"));
        Eventually.timed("… and its caller has reloaded", () -> assertThat(startedSince(before))
                .isNotEmpty());
        awaitAnswerOf(odd);

        RunningPod next = joinsUnnoticed("next", Protocol.HTTP, "go on with tcp", "others say tcp");
        unnoticed(() -> {
            scene.delete(odd);
            awaitTold(next, "go on with tcp", "it changed less than 20 minutes ago");
            scene.awaitEndpoints(api, 1);
        });
        awaitAnswerOf(next);
    }

    /** A new pod takes its share of calls, its word does not count, and it is told so. */
    private static RunningPod joinsUnnoticed(String name, Protocol protocol, String... words) {
        unnoticed(() -> {
            caller.caller().load(name, StreamKind.SSE, API, Duration.ofMillis(20));
            scene.create(AppDeployment.readyOnceItListens(saying(name, protocol).build()));
            awaitAnswerOf(scene.awaitReady(name));
            long soFar = caller.caller().counts(name).ok();
            Eventually.that(
                    "fifty more exchanges",
                    () -> assertThat(caller.caller().counts(name).ok()).isGreaterThan(soFar + 50));
            Counts counts = caller.caller().stopLoad(name);
            System.out.printf("[load] while a pod that says %s joins: %s%n", protocol.id(), counts);
            assertThat(counts.failures()).isEmpty();
        });
        RunningPod pod = scene.awaitReady(name);
        awaitTold(pod, words);
        return pod;
    }

    /** Neither Consul's entry nor the caller's HAProxy is another afterwards: the entry was not even written again. */
    private static void unnoticed(Runnable change) {
        JsonNode entry = declared();
        List<String> processes = caller.proxy().processes();
        assertThat(processes).isNotEmpty();
        change.run();
        assertThat(startedSince(processes)).as("reloads of the caller").isEmpty();
        assertThat(declared()).isEqualTo(entry);
    }

    /** Each reload starts a process; one of an earlier reload may end at any time, with its last connection. */
    private static List<String> startedSince(List<String> before) {
        return caller.proxy().processes().stream()
                .filter(process -> !before.contains(process))
                .toList();
    }

    /**
     * Its application speaks HTTP whatever its annotation says, so any caller can call it. It ends no idle connection: what
     * is asked in that moment is lost where HAProxy passes bytes, as it is without the mesh.
     */
    private static AppPod saying(String name, Protocol protocol) {
        return AppPod.server(name, api, Protocol.HTTP)
                .annotated(Annotations.PROTOCOL, protocol.id())
                .with("KEEP_IDLE_MS", "3600000");
    }

    private static void awaitAnswerOf(RunningPod pod) {
        Eventually.that(
                "an answer of " + pod.name(),
                () -> assertThat(caller.caller().get(API, "/").body()).contains("\"pod\":\"" + pod.name() + "\""));
    }

    private static void awaitTold(RunningPod pod, String... words) {
        Eventually.timed(pod.name() + " is told that its protocol waits", () -> assertThat(scene.kubectl()
                        .run("events", "--for=pod/" + pod.name(), "--types=Warning")
                        .expectSuccess())
                .contains("ProtocolWaits")
                .contains(words));
    }

    private static JsonNode declared() {
        return scene.consul().get("/v1/config/service-defaults/" + api);
    }
}
