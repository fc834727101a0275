package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A sidecar's container dies. Each test kills in pods of its own: kubelet restarts a container at once only the first time. */
@EndToEnd
@Isolated("nobody reaches Consul meanwhile, and times are measured")
class SidecarFailureIT {
    private static final int API = 8080;
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(5));
    private static final String NONE = "nobody";

    /** A caller that is allowed, one that is not yet, and what they call. */
    private record Cast(Scene scene, String service, String web, String cron, List<RunningPod> pods) {
        static Cast start(Scene scene, String name) {
            String service = scene.service(name);
            String web = scene.service(name + "-web");
            String cron = scene.service(name + "-cron");
            scene.apply(Intention.to(service).allowing(NONE));
            List<RunningPod> pods = scene.start(
                    AppPod.caller(name + "-web").inMeshAs(web).calling(service + ":" + API),
                    AppPod.caller(name + "-cron").inMeshAs(cron).calling(service + ":" + API),
                    AppPod.server(name, service, Protocol.HTTP));
            Cast cast = new Cast(scene, service, web, cron, pods);
            // At run time, so that it is not in what HAProxy began with.
            cast.allow(web);
            Eventually.that("the caller to be allowed", () -> assertThat(cast.statusOf(cast.caller()))
                    .isEqualTo(200));
            assertThat(Eventually.get(
                            "the other to reach the endpoint",
                            () -> cast.statusOf(cast.other()),
                            status -> !List.of(0, 503).contains(status)))
                    .isEqualTo(403);
            return cast;
        }

        Caller caller() {
            return pods.get(0).caller();
        }

        Caller other() {
            return pods.get(1).caller();
        }

        RunningPod server() {
            return pods.get(2);
        }

        /** Without {@code kubectl}, whose start would count while time is taken. */
        void allow(String... sources) {
            scene.client()
                    .resource(Intention.to(service).allowing(sources).yaml())
                    .inNamespace(scene.namespace())
                    .forceConflicts()
                    .serverSideApply();
        }

        int statusOf(Caller caller) {
            return caller.get(API, "/").status();
        }

        /** Returns when it was killed. */
        Instant killAgent() {
            return in(ContainerNames.AGENT, "date +%s%N; kill 1");
        }

        /** The worker, by the one signal that nothing can catch; its master ends with it. Returns when it was killed. */
        Instant killHaproxy() {
            return in(
                    ContainerNames.HAPROXY,
                    "for p in /proc/[0-9]*; do read -r stat < $p/stat; case $stat in"
                            + " '1 '*) ;; *'(haproxy)'*) date +%s%N; kill -9 ${p#/proc/};; esac; done");
        }

        /** The first time that the command prints. It may not succeed: the shell may die with the container. */
        private Instant in(String container, String command) {
            Kubectl.Result result =
                    scene.kubectl().run("exec", server().name(), "-c", container, "--", "sh", "-c", command);
            return result.out()
                    .lines()
                    .findFirst()
                    .map(nanos -> Instant.EPOCH.plusNanos(Long.parseLong(nanos)))
                    .orElseThrow(() -> new AssertionError("exit " + result.exitCode() + ": " + result.err()));
        }

        void awaitRestart(String container) {
            Eventually.that(container + " to run again", () -> assertThat(
                            server().now().getStatus().getInitContainerStatuses())
                    .anyMatch(status -> status.getName().equals(container)
                            && status.getRestartCount() == 1
                            && status.getState().getRunning() != null));
        }
    }

    @Test
    void trafficGoesOnWithoutTheAgentAndTheNextIsInStepSoon(Scene scene) throws InterruptedException {
        Cast cast = Cast.start(scene, "agentless");
        cast.caller().load("through", StreamKind.SSE, API, Duration.ofMillis(10));
        ConcurrentLinkedQueue<List<Boolean>> seen = new ConcurrentLinkedQueue<>();
        AtomicBoolean stop = new AtomicBoolean();
        Thread watching = Thread.ofVirtual().start(() -> {
            while (!stop.get()) {
                seen.add(scene.consul().instances(cast.service()).stream()
                        .map(Instance::isPassing)
                        .toList());
            }
        });
        Instant killed = cast.killAgent();
        cast.allow(cast.web(), cast.cron());
        Eventually.that("the change made meanwhile to be in force", () -> assertThat(cast.statusOf(cast.other()))
                .isEqualTo(200));
        Duration took = since(killed, "agent killed → back, with the change made meanwhile in force");
        cast.awaitRestart(ContainerNames.AGENT);
        stop.set(true);
        watching.join();

        Counts counts = cast.caller().stopLoad("through");
        System.out.println("[load] while the agent was killed: " + counts);
        assertThat(took).isLessThanOrEqualTo(BOUND);
        assertThat(counts.failed()).as(counts.toString()).isZero();
        assertThat(counts.ok()).isGreaterThan(100);
        assertThat(seen).as("the pod in Consul").hasSizeGreaterThan(10).allMatch(List.of(true)::equals);
        assertThat(cast.server().restarts()).isEqualTo(1);
    }

    @Test
    void haproxyComesBackAsItWas(Scene scene) {
        Cast cast = Cast.start(scene, "proxyless");
        assertBackAsItWas(cast, "HAProxy killed");
        cast.allow(cast.cron());
        Eventually.that("changes to be followed again", () -> {
            assertThat(cast.statusOf(cast.other())).isEqualTo(200);
            assertThat(cast.statusOf(cast.caller())).isEqualTo(403);
        });
    }

    /** The agent dies too, so that nothing at all knows what Consul said. */
    @Test
    void haproxyComesBackAsItWasWithoutConsulAndAgent(Scene scene) {
        Cast cast = Cast.start(scene, "alone");
        try (ConsulService consul = ConsulService.of(scene)) {
            consul.leadNowhere();
            cast.killAgent();
            cast.awaitRestart(ContainerNames.AGENT);
            assertBackAsItWas(cast, "HAProxy killed with Consul away");
        }
        cast.allow(cast.web(), cast.cron());
        Eventually.timed("Consul back → changes are followed again", () -> {
            assertThat(cast.statusOf(cast.other())).isEqualTo(200);
            assertThat(cast.statusOf(cast.caller())).isEqualTo(200);
        });
    }

    private static void assertBackAsItWas(Cast cast, String what) {
        Instant killed = cast.killHaproxy();
        cast.awaitRestart(ContainerNames.HAPROXY);
        Eventually.that("the allowed caller to be served", () -> assertThat(cast.statusOf(cast.caller()))
                .isEqualTo(200));
        Duration took = since(killed, what + " → serving as before");
        assertThat(cast.statusOf(cast.other())).as("who was not allowed").isEqualTo(403);
        assertThat(took).isLessThanOrEqualTo(BOUND);
    }

    /** By the clock that the container has, too: neither {@code kubectl}'s start nor its connecting counts. */
    private static Duration since(Instant killed, String what) {
        Duration took = Duration.between(killed, Instant.now());
        System.out.printf("[time] %s: %d ms%n", what, took.toMillis());
        return took;
    }
}
