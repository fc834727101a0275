package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.e2e.Caller.HttpAnswer;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.e2e.Load.Flow;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a pod's first and last seconds cost those that call it, and those that it calls. */
@EndToEnd
class StartAndStopIT {
    private static final int API = 8080;
    private static final int LONG = 8081;
    private static final int EVENTS = 8082;
    private static final int TICKS = 8083;
    private static final int OTHER = 8084;
    private static final Duration SHORTER_THAN_THE_PAUSE = Duration.ofMillis(300);
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** An application's own hook takes as long as the chart's, and some. */
    private static final Duration OWN_PAUSE = Duration.ofSeconds(4);

    private static Scene scene;
    private static String api;
    private static String client;
    private static RunningPod load;
    private static RunningPod web;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        client = scene.service("client");
        api = scene.service("api");
        String slow = scene.service("slow");
        String events = scene.service("events");
        String ticks = scene.service("ticks");
        scene.apply(Intention.to(api).allowing(client, slow));
        Stream.of(slow, events, ticks)
                .forEach(name -> scene.apply(Intention.to(name).allowing(client)));
        List<RunningPod> pods = scene.start(
                AppPod.load("load").inMeshAs(client).calling(api + ":" + API),
                AppPod.caller("web")
                        .inMeshAs(client)
                        .calling(slow + ":" + LONG, events + ":" + EVENTS, ticks + ":" + TICKS),
                AppPod.worker("slow", slow, Protocol.HTTP)
                        .with("NEXT_HTTP", Integer.toString(OTHER))
                        .with("NEXT_PATH", "/")
                        .calling(api + ":" + OTHER),
                AppPod.server("events", events, Protocol.HTTP).with("STOP", "ignore"),
                AppPod.server("ticks", ticks, Protocol.TCP).with("STOP", "ignore"));
        load = pods.get(0);
        web = pods.get(1);
        scene.create(pod("steady", "drain"));
        scene.awaitReady("steady");
    }

    /** Four endpoints of one service are deleted at once, a fifth is left. */
    @Test
    void endpointThatStopsLosesNoRequestHoweverItsApplicationStops() {
        List<String> stopping = List.of("exits", "ignores", "drains", "own-hook");
        scene.create(AppDeployment.stoppedUnderLoad(pod("exits", "exit")));
        scene.create(AppDeployment.stoppedUnderLoad(pod("ignores", "ignore")));
        scene.create(AppDeployment.stoppedUnderLoad(pod("drains", "drain")));
        scene.create(AppDeployment.stoppedUnderLoad(withOwnHook(pod("own-hook", "exit"))));
        stopping.forEach(scene::awaitReady);
        assertThat(preStop("steady").getSleep().getSeconds())
                .as("by default")
                .isEqualTo(AppDeployment.PAUSE.toSeconds());
        assertThat(preStop("exits").getSleep().getSeconds()).isEqualTo(seconds(AppDeployment.PAUSE));
        assertThat(preStop("own-hook").getSleep()).isNull();
        assertThat(preStop("own-hook").getExec().getCommand())
                .containsExactly("sleep", Long.toString(seconds(OWN_PAUSE)));
        scene.awaitEndpoints(api, 5);

        Load flow = Load.start(
                load,
                "stopping",
                Flow.kept("GET", API, Duration.ZERO, 30),
                Flow.fresh("GET", API, Duration.ZERO, 15),
                Flow.kept("POST", API, SHORTER_THAN_THE_PAUSE, 15),
                Flow.fresh("POST", API, SHORTER_THAN_THE_PAUSE, 15));
        Eventually.that(
                "all to answer", () -> assertThat(flow.report().pods()).containsKeys(stopping.toArray(String[]::new)));
        scene.kubectl()
                .run(Stream.concat(Stream.of("delete", "pod", "--wait=false"), stopping.stream())
                        .toArray(String[]::new))
                .expectSuccess();
        Eventually.timed(
                "deleted endpoints left Consul",
                () -> assertThat(scene.consul().endpoints(api)).hasSize(1));
        Eventually.that(
                "the pods to be gone", Bound.of(GRACE).plus(Eventually.LIMIT), () -> assertThat(scene.podNames())
                        .doesNotContainAnyElementsOf(stopping));
        flow.stop(List.of(load), "steady").assertNothingLost();
    }

    @Test
    void whatIsOpenGoesOnWithinTheGracePeriod() {
        Eventually.that("all to answer", () -> {
            assertThat(web.caller().get(EVENTS, "/").status()).isEqualTo(200);
            assertThat(web.caller().get(LONG, "/").status()).isEqualTo(200);
            assertThat(web.caller().line(TICKS, "PING").received()).startsWith("PONG");
        });
        web.caller().open("sse", StreamKind.SSE, EVENTS);
        web.caller().open("websocket", StreamKind.WEBSOCKET, EVENTS);
        web.caller().open("tcp", StreamKind.TCP, TICKS);
        List<String> streams = List.of("sse", "websocket", "tcp");
        streams.forEach(id -> Eventually.that(
                id + " to flow",
                () -> assertThat(web.caller().stream(id).bytes()).isPositive()));
        CompletableFuture<HttpAnswer> answer = CompletableFuture.supplyAsync(
                () -> web.caller().getPatiently(LONG, "/?hold=5000"), Thread::startVirtualThread);
        Eventually.that("the request to be under way", () -> assertThat(
                        new Proxy(running("slow")).metric("haproxy_backend_current_sessions"))
                .isPositive());
        long start = System.nanoTime();
        scene.kubectl()
                .run("delete", "pod", "--wait=false", "slow", "events", "ticks")
                .expectSuccess();

        HttpAnswer late = answer.join();
        System.out.printf(
                "[time] request of 5 s, its pod deleted meanwhile, then a call of its own: %d %s after %d ms%n",
                late.status(), late.error(), late.ms());
        assertThat(late.status()).as(late.toString()).isEqualTo(200);
        for (String id : streams) {
            Eventually.that(
                    id + " to end",
                    () -> assertThat(web.caller().stream(id).open()).isFalse());
            Duration lasted = Duration.ofNanos(System.nanoTime() - start);
            System.out.printf("[time] open %s after its pod's deletion: %d ms%n", id, lasted.toMillis());
            assertThat(lasted).isGreaterThan(GRACE.minusSeconds(1));
        }
    }

    @Test
    void applicationStartsAsSoonAsTheMeshWorks() {
        Instant outside = Instant.now();
        scene.create(AppPod.worker("outside", "outside", Protocol.HTTP).outsideTheMesh());
        Instant outsideStarted = firstLine("outside", "app", "http on");
        Instant created = Instant.now();
        scene.create(AppPod.worker("inside", scene.service("inside"), Protocol.HTTP));
        Instant app = firstLine("inside", "app", "http on");
        Instant agent = firstLine("inside", ContainerNames.AGENT, "event=start");
        Instant haproxy = firstLine("inside", ContainerNames.HAPROXY, "");
        Instant inMesh = firstLine("inside", ContainerNames.AGENT, "event=in-mesh");
        Instant both = agent.isAfter(haproxy) ? agent : haproxy;
        Duration ours = Duration.between(both, inMesh);
        System.out.printf(
                "[time] pod created to the application's first line: %d ms outside of the mesh, %d ms inside%n",
                Duration.between(outside, outsideStarted).toMillis(),
                Duration.between(created, app).toMillis());
        System.out.printf(
                "[time] inside: agent after %d ms, HAProxy after %d ms, mesh works %d ms later, application %d ms"
                        + " after that%n",
                Duration.between(created, agent).toMillis(),
                Duration.between(created, haproxy).toMillis(),
                ours.toMillis(),
                Duration.between(inMesh, app).toMillis());
        assertThat(scene.pod("inside").getSpec().getInitContainers().getFirst().getStartupProbe())
                .as("HAProxy's container is not held up by a probe of the agent")
                .isNull();
        assertThat(haproxy).isBefore(inMesh);
        assertThat(inMesh).isBefore(app);
    }

    /** When the container wrote its first line that holds {@code text}, by containerd's clock. */
    private static Instant firstLine(String pod, String container, String text) {
        return Eventually.get(
                        container + " of " + pod + " to say " + text,
                        Scene.POD_START,
                        () -> scene.kubectl()
                                .run("logs", pod, "-c", container, "--timestamps")
                                .out()
                                .lines()
                                .filter(line -> line.contains(text))
                                .findFirst(),
                        java.util.Optional::isPresent)
                .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
                .orElseThrow();
    }

    private static Pod pod(String name, String stop) {
        return AppDeployment.readyOnceItListens(AppPod.worker(name, api, Protocol.HTTP)
                .with("NAME", "steady")
                .with("LEDGER", load.ip())
                .with("STOP", stop)
                .build());
    }

    private static long seconds(Duration promised) {
        return Bound.of(promised).toSeconds();
    }

    private static Pod withOwnHook(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .editFirstContainer()
                .withNewLifecycle()
                .withNewPreStop()
                .withNewExec()
                .withCommand("sleep", Long.toString(seconds(OWN_PAUSE)))
                .endExec()
                .endPreStop()
                .endLifecycle()
                .endContainer()
                .endSpec()
                .build();
    }

    private static io.fabric8.kubernetes.api.model.LifecycleHandler preStop(String pod) {
        Lifecycle lifecycle =
                scene.pod(pod).getSpec().getContainers().getFirst().getLifecycle();
        return lifecycle.getPreStop();
    }

    private static RunningPod running(String name) {
        return new RunningPod(scene, name, scene.pod(name).getStatus().getPodIP());
    }
}
