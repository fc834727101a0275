package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Consul cannot be reached while pods start: its Service leads nowhere. {@code -Dhamesh.e2e.outage=10m} makes it as long
 * as the promise says; the default shows the same in half a minute.
 */
@EndToEnd
@Isolated("nobody reaches Consul meanwhile")
class ConsulOutageIT {
    private static final int DB = 8081;
    private static final Duration SOON = Bound.of(Duration.ofSeconds(5));
    private static final Duration OUTAGE =
            Duration.parse("PT" + System.getProperty("hamesh.e2e.outage", "30s").toUpperCase(java.util.Locale.ROOT));

    @Test
    void podWaitsForConsulSaysSoAndIsReadySoonAfterItsReturn(Scene scene) {
        String db = scene.service("db");
        String web = scene.service("web");
        scene.apply(Intention.to(db).allowing(web));
        List<RunningPod> running = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(db + ":" + DB), AppPod.server("db", db, Protocol.TCP));
        Caller caller = running.getFirst().caller();
        Eventually.that(
                "the source to be allowed",
                () -> assertThat(caller.line(DB, "PING").received()).startsWith("PONG"));

        try (ConsulService service = ConsulService.of(scene)) {
            service.leadNowhere();
            scene.create(AppPod.caller("late").inMeshAs(web).calling(db + ":" + DB));
            String log = Eventually.get(
                    "the agent to say that it waits",
                    () -> agentLog(scene),
                    text -> text.contains("event=consul-unreachable") || text.contains("event=waiting-for-consul"));
            System.out.println("[log] " + log.lines().toList().getLast());
            assertWaitsFor(OUTAGE, scene, caller);
            assertThat(scene.kubectl()
                            .run("get", "events", "--field-selector", "involvedObject.name=late")
                            .expectSuccess())
                    .as("what the pod's owner reads")
                    .contains("WaitsForConsul", "kubectl logs late -c hamesh-agent");
            service.leadToConsul();
            Eventually.within(
                    SOON, "ready after Consul's return", () -> assertThat(Readiness.isPodReady(scene.pod("late")))
                            .isTrue());
        }
        RunningPod late = scene.awaitReady("late");
        assertThat(late.restarts()).isZero();
        Eventually.that(
                "the late pod to work",
                () -> assertThat(late.caller().line(DB, "PING").received()).startsWith("PONG"));
    }

    /** The new pod waits and restarts nothing; the pods that were there go on. */
    private static void assertWaitsFor(Duration outage, Scene scene, Caller caller) {
        Instant end = Instant.now().plus(outage);
        Eventually.that("the outage to be over", outage.plusSeconds(30), () -> {
            Pod pod = scene.pod("late");
            if (Readiness.isPodReady(pod) || restarts(pod) > 0) {
                throw new IllegalStateException("ready or restarted with no Consul: " + pod.getStatus());
            }
            if (!caller.line(DB, "PING").received().startsWith("PONG")) {
                throw new IllegalStateException("a running pod lost its upstream with Consul");
            }
            assertThat(Instant.now()).isAfter(end);
        });
    }

    private static int restarts(Pod pod) {
        return pod.getStatus().getInitContainerStatuses().stream()
                .mapToInt(s -> s.getRestartCount())
                .sum();
    }

    private static String agentLog(Scene scene) {
        return scene.kubectl().run("logs", "late", "-c", "hamesh-agent").out();
    }
}
