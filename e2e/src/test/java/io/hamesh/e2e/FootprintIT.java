package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.ContainerNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What the sidecars cost with 2, 10 and 50 upstreams of three endpoints each, and how fast an agent is at work. */
@EndToEnd
@Isolated("what others change in Consul is work for the agents that are measured idle")
class FootprintIT {
    private static final List<Integer> UPSTREAMS = List.of(2, 10, 50);
    private static final int FIRST_PORT = 8100;
    private static final int ENDPOINTS = 3;
    private static final int IDLE_SECONDS = Confidence.of(10, 60);
    private static final int IDLE_WINDOWS = 3;

    /** A look at /proc/net every three seconds, as agents had it once, is 5 where HAProxy beside it takes 1. */
    private static final double IDLE_MILLI_CPU = Bound.of(1.0);

    /** The same work takes three times as long on some machines: HAProxy's, idle at the same time, tells which. */
    private static final double IDLE_TIMES_HAPROXY = 3;

    /**
     * HAProxy's own time grows with the agent's commands and has no bound. A look at /proc/net takes 5 where HAProxy
     * takes 1, so 15 on a machine that is three times slower.
     */
    private static final double IDLE_MOST_MILLI_CPU = 8;

    private static final double HAPROXY_MEGABYTES = 25;
    private static final double AGENT_MEGABYTES = 60;
    private static final int STARTS = Confidence.of(2, 3);
    private static final Duration AGENT_AT_WORK = Bound.of(Duration.ofMillis(500));

    private static Scene scene;

    /** One for each of {@link #UPSTREAMS}. */
    private static List<RunningPod> pods;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        for (int upstream = 0; upstream < UPSTREAMS.getLast(); upstream++) {
            for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
                // On loopback and without a listener: nothing calls them, they only have to be followed.
                scene.consul().register(id(upstream, endpoint), service(upstream), "127.0.0.1", 21000 + endpoint);
            }
        }
        pods = scene.start(UPSTREAMS.stream().map(FootprintIT::callerOf).toArray(AppPod[]::new));
    }

    @AfterAll
    static void forget() {
        for (int upstream = 0; upstream < UPSTREAMS.getLast(); upstream++) {
            for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
                scene.consul().deregister(id(upstream, endpoint));
            }
        }
    }

    @Test
    void memoryStaysSmall() {
        for (int i = 0; i < pods.size(); i++) {
            double haproxy = Usage.of(pods.get(i), ContainerNames.HAPROXY).megabytes();
            double agent = Usage.of(pods.get(i), ContainerNames.AGENT).megabytes();
            System.out.printf(
                    "[memory] %d upstreams: HAProxy %.1f MB, agent %.1f MB%n", UPSTREAMS.get(i), haproxy, agent);
        }
        RunningPod small = pods.getFirst();
        assertThat(Usage.of(small, ContainerNames.HAPROXY).megabytes()).isBetween(1.0, HAPROXY_MEGABYTES);
        assertThat(Usage.of(small, ContainerNames.AGENT).megabytes()).isBetween(1.0, AGENT_MEGABYTES);
    }

    /** By the median, because whatever else the machine does makes a window dearer: caches are cold then. */
    @Test
    void agentIsQuietWhenNothingChanges() {
        RunningPod small = pods.getFirst();
        CompletableFuture<List<Double>> haproxy =
                CompletableFuture.supplyAsync(() -> idle(small, ContainerNames.HAPROXY), Thread::startVirtualThread);
        List<Double> agent = idle(small, ContainerNames.AGENT);
        System.out.printf(
                "[cpu] idle for %d windows of %d s: agent %s mCPU, HAProxy %s mCPU%n",
                IDLE_WINDOWS, IDLE_SECONDS, rounded(agent), rounded(haproxy.join()));
        assertThat(median(agent))
                .isGreaterThan(0)
                .isLessThanOrEqualTo(Bound.orBeside(
                        IDLE_MILLI_CPU, IDLE_TIMES_HAPROXY * median(haproxy.join()), IDLE_MOST_MILLI_CPU));
    }

    private static double median(List<Double> windows) {
        return windows.stream().sorted().toList().get(IDLE_WINDOWS / 2);
    }

    private static String rounded(List<Double> windows) {
        return windows.stream().map("%.2f"::formatted).collect(Collectors.joining(", "));
    }

    private static List<Double> idle(RunningPod pod, String container) {
        return Usage.idleMilliCpu(pod, container, IDLE_SECONDS, IDLE_WINDOWS);
    }

    /** The quickest of some starts: the node may still be busy with what tests before this one left. */
    @Test
    void agentIsAtWorkSoonAfterItsStart() {
        List<Duration> starts = IntStream.rangeClosed(1, STARTS)
                .mapToObj(restart -> startAnew(pods.get(1), restart))
                .toList();
        System.out.printf(
                "[time] agent's first line to HAProxy serving its snapshot: %s ms%n",
                starts.stream().map(Duration::toMillis).toList());
        assertThat(Collections.min(starts)).isLessThan(AGENT_AT_WORK);
    }

    /** Kills the agent; the kubelet waits 10 s before the second start and 20 s before the third. */
    private static Duration startAnew(RunningPod pod, int restart) {
        pod.scene()
                .kubectl()
                .run("exec", pod.name(), "-c", ContainerNames.AGENT, "--", "sh", "-c", "kill 1")
                .expectSuccess();
        Eventually.that("the agent to be in the mesh again", Duration.ofSeconds(60), () -> {
            assertThat(pod.restarts()).isEqualTo(restart); // until then the log is the former container's
            assertThat(agentLines(pod, "event=in-mesh")).hasSize(1);
        });
        Instant start = time(agentLines(pod, "event=start").getLast());
        Instant inMesh = time(agentLines(pod, "event=in-mesh").getLast());
        return Duration.between(start, inMesh);
    }

    private static List<String> agentLines(RunningPod pod, String event) {
        return pod.scene()
                .kubectl()
                .run("logs", pod.name(), "-c", ContainerNames.AGENT, "--timestamps")
                .expectSuccess()
                .lines()
                .filter(line -> line.contains(event))
                .toList();
    }

    /** When the line was printed, as the container runtime saw it. */
    private static Instant time(String line) {
        return Instant.parse(line.substring(0, line.indexOf(' ')));
    }

    private static AppPod callerOf(int upstreams) {
        List<String> all = new ArrayList<>();
        IntStream.range(0, upstreams).forEach(i -> all.add(service(i) + ":" + (FIRST_PORT + i)));
        return AppPod.caller("caller-" + upstreams)
                .inMeshAs(scene.service("caller"))
                .calling(all.toArray(String[]::new));
    }

    private static String service(int upstream) {
        return scene.service("u" + upstream);
    }

    private static String id(int upstream, int endpoint) {
        return service(upstream) + "-" + endpoint;
    }
}
