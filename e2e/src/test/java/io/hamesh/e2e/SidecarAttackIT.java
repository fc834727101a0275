package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.hamesh.e2e.Caller.Counts;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A pod outside the mesh opens what it can to the ports of a sidecar, while another caller and the kubelet ask. */
@EndToEnd
@Isolated("a sidecar is attacked")
class SidecarAttackIT {
    private static final int UNSECURED = 8082;
    private static final int UPSTREAM = 8080;
    private static final int CONNECTIONS = 4000;
    private static final int CALLS = 1000;
    private static final Duration EVERY = Duration.ofMillis(5);

    private static final int PATIENCE_SECONDS =
            (int) Bound.of(Duration.ofSeconds(1)).toSeconds();

    /** Or three times what it is when nobody attacks. */
    private static final Duration P99 = Duration.ofMillis(50);

    /** Of the container's 128Mi. */
    private static final double MEGABYTES = 128;

    private static Scene scene;
    private static RunningPod victim;
    private static Caller caller;
    private static Stranger stranger;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        String service = scene.service("victim");
        scene.apply(Intention.to(service).allowing(scene.service("web")));
        scene.create(victim(service));
        caller = scene.start(AppPod.caller("web").inMeshAs(scene.service("web")).calling(service + ":" + UPSTREAM))
                .caller();
        stranger = Stranger.start(scene);
        victim = scene.awaitReady("victim");
        Eventually.that(
                "the victim to answer",
                () -> assertThat(caller.get(UPSTREAM, "/").status()).isEqualTo(200));
    }

    @Test
    void neitherCallersNorTheKubeletNoticeWhatAStrangerOpens() {
        PodCondition ready = ready();
        List<String> targets = Stream.of(MeshPorts.INBOUND, MeshPorts.OPS, UNSECURED)
                .map(port -> victim.ip() + ":" + port)
                .toList();
        Counts quiet = calls("quiet");
        caller.load("calls", StreamKind.SSE, UPSTREAM, EVERY);
        var attack = stranger.opening("mixed", CONNECTIONS, targets);
        double most = 0;
        while (!attack.isDone()) {
            most = Math.max(most, Usage.of(victim, ContainerNames.HAPROXY).megabytes());
        }
        Counts calls = stopped("calls");
        System.out.printf("[count] quiet: %s%n", quiet);
        System.out.printf("[count] %d opened of %d: %s; HAProxy %.1f MB%n", attack.join(), CONNECTIONS, calls, most);
        assertThat(attack.join()).as("the attack takes place").isGreaterThan(CONNECTIONS / 20);
        assertThat(calls.failures()).isEmpty();
        assertThat(calls.p99Ms())
                .isLessThanOrEqualTo(Bound.of(Duration.ofMillis(Math.max(P99.toMillis(), 3 * quiet.p99Ms())))
                        .toMillis());
        assertThat(ready()).as("each probe was answered").isEqualTo(ready);
        assertThat(victim.restarts()).isZero();
        assertThat(most).isLessThan(MEGABYTES);
        assertThat(victim.proxy().metric("haproxy_frontend_connections_total"))
                .as("the control: what was opened came to this HAProxy")
                .isGreaterThan(CONNECTIONS / 20.0);
    }

    private static Counts calls(String id) {
        caller.load(id, StreamKind.SSE, UPSTREAM, EVERY);
        return stopped(id);
    }

    private static Counts stopped(String id) {
        Eventually.that(
                CALLS + " calls", () -> assertThat(caller.counts(id).ok()).isGreaterThan(CALLS));
        return caller.stopLoad(id);
    }

    private static PodCondition ready() {
        return victim.now().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    /** One probe that is not answered in time makes it unready. */
    private static Pod victim(String service) {
        Pod given = AppPod.server("victim", service, Protocol.HTTP)
                .annotated(Annotations.UNSECURED_PORT, Integer.toString(UNSECURED))
                .build();
        return new PodBuilder(given)
                .editSpec()
                .editFirstContainer()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/")
                .withPort(new IntOrString(AppPod.APP_PORT))
                .endHttpGet()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(PATIENCE_SECONDS)
                .withFailureThreshold(1)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }
}
