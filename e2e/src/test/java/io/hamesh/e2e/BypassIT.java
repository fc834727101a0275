package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.Protocol;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Applications that can be reached past the mesh are seen, told of, and where the pod asks for it not ready. */
@EndToEnd
@TestMethodOrder(OrderAnnotation.class)
class BypassIT {
    private static final int SECOND_PORT = 9191;
    private static final int DECLARED = 9090;
    private static final String OPEN = "OpenBeyondLoopback";
    private static final String CLOSED = "LoopbackOnly";

    /**
     * It looks every three seconds, and HAProxy is told at once. The agent's log tells it from looks at /proc/net, which
     * are 20 s apart.
     */
    private static final Duration AGENT_SEES = Bound.of(Duration.ofSeconds(8));

    /** The operator asks when the pod becomes ready and 5 s later. */
    private static final Duration AT_START = Bound.of(Duration.ofSeconds(20));

    /** What changes later waits for the operator's next question, 15 s and a quarter apart. */
    private static final Duration LATER = Bound.of(Duration.ofSeconds(45));

    /** The agent and the kubelet: no operator takes part in a pod's readiness. */
    private static final Duration READINESS = Bound.of(Duration.ofSeconds(12));

    /** Listens everywhere until the first process is ended, then on loopback. */
    private static final List<String> OPEN_AT_FIRST = List.of(
            "sh", "-c", "LISTEN=0.0.0.0 node /apps/server.mjs & echo $! > /tmp/open; wait; exec node /apps/server.mjs");

    private static Scene scene;
    private static RunningPod open;
    private static RunningPod quiet;
    private static RunningPod scraped;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        AppPod strict = AppPod.server("strict", scene.service("strict"), Protocol.HTTP)
                .annotated(Annotations.REQUIRE_LOOPBACK, "true");
        scene.create(strict.running(OPEN_AT_FIRST));
        // Its port has to be there when the operator asks.
        scene.create(AppDeployment.readyOnceItListens(AppPod.server("open", scene.service("open"), Protocol.HTTP)
                .with("LISTEN", "0.0.0.0")
                .build()));
        List<RunningPod> pods = scene.start(
                AppPod.server("quiet", scene.service("quiet"), Protocol.HTTP),
                AppPod.server("scraped", scene.service("scraped"), Protocol.HTTP)
                        .annotated(Annotations.REQUIRE_LOOPBACK, "true")
                        .annotated(Annotations.OPEN_PORTS, Integer.toString(DECLARED)));
        open = scene.awaitReady("open");
        quiet = pods.get(0);
        scraped = pods.get(1);
    }

    @Test
    @Order(1)
    void portOpenBeyondLoopbackIsAnEventAndAMetric() {
        Eventually.within(
                AT_START, "pod ready -> Event that names its open port", () -> assertThat(messages("open", OPEN))
                        .singleElement()
                        .asString()
                        .contains("port 9000 is open beyond loopback", "127.0.0.1"));
        assertThat(metrics(open)).contains("hamesh_open_ports{port=\"9000\"} 1\n");
        assertThat(openPorts(open)).isEqualTo("9000");
        assertThat(Http.get(open.url(AppPod.APP_PORT) + "/"))
                .as("it is past the mesh")
                .contains("\"open\"");
        assertThat(Readiness.isPodReady(open.now())).as("told, not stopped").isTrue();
    }

    @Test
    @Order(2)
    void portOpenedLaterIsSeenAndItsEndToo() {
        assertThat(openPorts(quiet)).isEqualTo("none");
        assertThat(metrics(quiet)).contains("hamesh_open_ports").doesNotContain("hamesh_open_ports{");
        assertThat(messages("quiet", OPEN)).isEmpty();

        String pid = listen("quiet", SECOND_PORT);
        seen("port opened", "quiet", Integer.toString(SECOND_PORT), OPEN);
        inApp("quiet", "kill " + pid);
        seen("port closed", "quiet", "none", CLOSED);
        assertThat(metrics(quiet)).doesNotContain("hamesh_open_ports{");
        assertThat(quiet.agentLog())
                .as("what the kernel's list of listeners tells, not /proc/net now and then")
                .contains("event=in-mesh", "event=open-beyond-loopback")
                .doesNotContain("sock-diag-fails");
    }

    /** On all addresses, beside the application; says the process's id, once it listens. */
    private static String listen(String pod, int port) {
        return inApp(pod, """
                mkfifo /tmp/%1$d
                node -e 'require("net").createServer().listen(%1$d, "0.0.0.0",
                  () => require("fs").writeFileSync("/tmp/%1$d", "listens"))' >/dev/null 2>&1 &
                echo $!
                cat /tmp/%1$d >/dev/null""".formatted(port));
    }

    private static void seen(String what, String pod, String ports, String reason) {
        Duration agent = Eventually.within(AGENT_SEES, what + " -> agent", () -> assertThat(openPorts(quiet))
                .isEqualTo(ports));
        Eventually.within(LATER.minus(agent), "... -> Event " + reason, () -> assertThat(messages(pod, reason))
                .hasSize(1));
    }

    @Test
    @Order(3)
    void requiredLoopbackKeepsThePodUnreadyAlsoWithoutItsAgent() {
        Eventually.that("the strict pod's Event", () -> assertThat(messages("strict", OPEN))
                .singleElement()
                .asString()
                .contains("port 9000", Annotations.REQUIRE_LOOPBACK));
        RunningPod strict = running("strict");
        assertThat(container("strict", "app").getReady()).isTrue();
        assertThat(container("strict", ContainerNames.HAPROXY).getStarted()).isTrue();
        assertThat(Readiness.isPodReady(strict.now())).isFalse();
        assertThat(ready(strict).body()).contains("require-loopback", "port 9000");
        Eventually.that("Consul to say why", () -> {
            assertThat(check("strict").path("Status").asText()).isEqualTo("critical");
            assertThat(check("strict").path("Output").asText())
                    .isEqualTo("hamesh.io/require-loopback: port 9000 is open beyond loopback");
        });

        List<Integer> answers = new ArrayList<>();
        // Not expected to succeed: the shell may die with the agent.
        scene.kubectl().run("exec", "strict", "-c", ContainerNames.AGENT, "--", "sh", "-c", "kill 1");
        Eventually.that("the next agent to be in the mesh", () -> {
            answers.add(ready(strict).statusCode());
            assertThat(container("strict", ContainerNames.AGENT).getRestartCount())
                    .isEqualTo(1);
            assertThat(strict.agentLog()).contains("event=in-mesh");
        });
        assertThat(answers).hasSizeGreaterThan(1).containsOnly(503);
    }

    @Test
    @Order(4)
    void podOnLoopbackAgainIsReady() {
        inApp("strict", "kill $(cat /tmp/open)");
        Eventually.that("the application to listen on loopback", () -> assertThat(
                        scene.kubectl().run("logs", "strict", "-c", "app").expectSuccess())
                .contains("http on 127.0.0.1:" + AppPod.APP_PORT));
        Eventually.within(READINESS, "application on loopback -> pod ready", () -> assertThat(
                        Readiness.isPodReady(scene.pod("strict")))
                .isTrue());
        assertThat(scene.pod("strict").getSpec().getReadinessGates())
                .as("by which an operator could take part")
                .isEmpty();
        Eventually.that(
                "Consul to follow",
                () -> assertThat(check("strict").path("Status").asText()).isEqualTo("passing"));
        assertThat(openPorts(running("strict"))).isEqualTo("none");
    }

    @Test
    @Order(5)
    void lastContactWithConsulIsATime() {
        assertThat(metrics(quiet)).containsPattern("hamesh_agent_consul_contact_timestamp_seconds [0-9]{10}\n");
        assertThat(metrics(quiet)).containsPattern("hamesh_agent_leaf_expiry_timestamp_seconds [0-9]{10}\n");
        assertThat(metrics(quiet)).contains("hamesh_agent_reloads_total 1\n");
    }

    @Test
    @Order(6)
    void declaredPortIsToleratedAndAnotherIsNot() {
        listen("scraped", DECLARED);
        Eventually.that("the declared port to answer", () -> assertThatCode(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(scraped.address(DECLARED), 1000);
                    }
                })
                .doesNotThrowAnyException());
        // The next one is the sign that the agent has looked since.
        String pid = listen("scraped", SECOND_PORT);
        Eventually.that(
                "the other to be seen", () -> assertThat(openPorts(scraped)).isEqualTo(Integer.toString(SECOND_PORT)));
        assertThat(ready(scraped).body()).contains("port " + SECOND_PORT).doesNotContain(Integer.toString(DECLARED));
        inApp("scraped", "kill " + pid);
        Eventually.that(
                "the pod to be ready with its declared port open",
                () -> assertThat(ready(scraped).statusCode()).isEqualTo(200));
        assertThat(openPorts(scraped)).isEqualTo("none");
        assertThat(metrics(scraped)).doesNotContain("hamesh_open_ports{");
        assertThat(messages("scraped", OPEN)).noneMatch(message -> message.contains(Integer.toString(DECLARED)));
    }

    /** The platform's own network enforces none, so that only the API server judges it here. */
    @Test
    @Order(7)
    void apiServerTakesTheChartsNetworkPolicy() {
        String policy = scene.rendered(
                "templates/networkpolicy.yaml",
                "consul.embedded.enabled=true",
                "networkPolicy.enabled=true",
                "networkPolicy.namespaces={" + scene.namespace() + "}",
                "networkPolicy.unsecuredPorts={8088}");
        assertThat(dryRun(policy).expectSuccess()).contains("networkpolicy.networking.k8s.io/hamesh-mesh-only created");
        assertThat(dryRun(policy.replace("endPort: 20099", "endPort: 19999")).exitCode())
                .isNotZero();
    }

    private static Kubectl.Result dryRun(String manifest) {
        return scene.kubectl().runWith(manifest, "apply", "--dry-run=server", "-f", "-");
    }

    private static RunningPod running(String name) {
        return new RunningPod(scene, name, scene.pod(name).getStatus().getPodIP());
    }

    private static String inApp(String pod, String command) {
        return scene.kubectl()
                .run("exec", pod, "-c", "app", "--", "sh", "-c", command)
                .expectSuccess()
                .strip();
    }

    private static String metrics(RunningPod pod) {
        return Http.get(pod.url(MeshPorts.OPS) + "/metrics/agent");
    }

    private static String openPorts(RunningPod pod) {
        return Http.get(pod.url(MeshPorts.OPS) + "/open-ports").strip();
    }

    private static HttpResponse<String> ready(RunningPod pod) {
        return Http.send("GET", pod.url(MeshPorts.OPS) + "/ready", "");
    }

    private static ContainerStatus container(String pod, String name) {
        var status = scene.pod(pod).getStatus();
        return java.util.stream.Stream.concat(
                        status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode check(String service) {
        return scene.consul().get("/v1/health/checks/" + scene.service(service)).path(0);
    }

    private static List<String> messages(String pod, String reason) {
        return scene.client().v1().events().inNamespace(scene.namespace()).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(pod))
                .filter(event -> event.getReason().equals(reason))
                .map(Event::getMessage)
                .toList();
    }
}
