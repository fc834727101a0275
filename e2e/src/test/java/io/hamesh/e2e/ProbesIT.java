package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.e2e.Probed.Asked;
import io.hamesh.model.Annotations;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ProbeSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The kubelet asks an application that listens on loopback only, with probes of each kind; nobody else reaches it so. */
@EndToEnd
@TestMethodOrder(OrderAnnotation.class)
class ProbesIT {
    private static final String POD = "probed";
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final String EMPTY = "0000000000";
    private static final Duration FOLLOWED = Bound.of(Duration.ofSeconds(5));
    private static final Duration THREE_ENDS = Bound.of(Duration.ofSeconds(60));

    /** In seconds: longer than it takes to read a log, so that the pod is there still. */
    private static final int PRE_STOP_SLEEP = 20;

    private static Scene scene;
    private static String service;
    private static String manifest;
    private static RunningPod pod;
    private static Probed app;
    private static Caller outsider;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        service = scene.service("probed");
        manifest = Serialization.asYaml(probed(POD));
        scene.kubectl().apply(manifest).expectSuccess();
        outsider = scene.start(AppPod.caller("outsider")).caller();
        pod = scene.awaitReady(POD);
        app = new Probed(pod);
    }

    @Test
    @Order(1)
    void eachProbeReachesTheApplicationAsTheKubeletSentIt() {
        Asked http = Eventually.get("the HTTP probe", () -> asked("http"), all -> !all.isEmpty())
                .getFirst();
        assertThat(http.method() + " " + http.url()).isEqualTo("GET /ready?full=%27yes%27");
        assertThat(http.headers())
                .containsEntry("x-probe", "yes")
                .containsEntry("host", pod.ip() + ":9000")
                .hasEntrySatisfying("user-agent", agent -> assertThat(agent).startsWith("kube-probe/"));
        Asked https = Eventually.get("the HTTPS probe", () -> asked("https"), all -> !all.isEmpty())
                .getFirst();
        assertThat(https.url()).isEqualTo("/live");
        assertThat(https.headers()).containsEntry("host", "shop.example");
        Asked grpc = Eventually.get("the gRPC probe", () -> asked("grpc"), all -> !all.isEmpty())
                .getFirst();
        assertThat(grpc.url()).isEqualTo(CHECK);
        assertThat(grpc.body()).isEqualTo("00000000060a0462616e6b");
        assertThat(asked("tcp")).isNotEmpty().allSatisfy(connect -> assertThat(connect.bytes())
                .isZero());
        assertThat(pod.restarts()).isZero();
    }

    @Test
    @Order(2)
    void applyingTheSameManifestOnceMoreChangesNothing() {
        Pod before = pod.now();
        scene.kubectl().apply(manifest).expectSuccess();
        serverSide(manifest, "--force-conflicts").expectSuccess();
        assertThat(pod.now().getSpec()).isEqualTo(before.getSpec());
        assertThat(pod.now().getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration());

        String other = Serialization.asYaml(probed("server-side"));
        serverSide(other).expectSuccess();
        Pod created = scene.pod("server-side");
        serverSide(other).expectSuccess();
        assertThat(scene.pod("server-side").getSpec())
                .usingRecursiveComparison()
                .ignoringFields("nodeName")
                .isEqualTo(created.getSpec());
        assertThat(scene.kubectl()
                        .apply(manifest.replace("/ready?full", "/other?full"))
                        .err())
                .as("the control: another probe")
                .contains("pod updates may not change fields");
        scene.kubectl().run("delete", "pod", "server-side", "--wait=false").expectSuccess();
    }

    private static Kubectl.Result serverSide(String pod, String... options) {
        List<String> words = new ArrayList<>(List.of("apply", "--server-side", "-f", "-"));
        words.addAll(List.of(options));
        return scene.kubectl().runWith(pod, words.toArray(String[]::new));
    }

    @Test
    @Order(2)
    void nothingElseReachesTheApplicationThatWay() {
        for (int port : new int[] {9000, 9001, 9002, 9443}) {
            assertThat(outsider.getFrom(pod.ip(), port, "/").error()).isEqualTo("ECONNREFUSED");
        }
        String own = "/probe/app/readiness";
        String secret = secret();
        assertThat(Http.send("GET", pod.url(MeshPorts.OPS) + own, "", ProbeSecret.HEADER, secret)
                        .statusCode())
                .as("the control")
                .isEqualTo(200);
        for (String stranger : List.of(own, "/probe/app/pre-stop")) {
            assertThat(outsider.getFrom(pod.ip(), MeshPorts.OPS, stranger).status())
                    .as("without the secret")
                    .isEqualTo(404);
        }
        for (String path :
                List.of(own + "?a=b", own + "/", "/probe/app/../app/readiness", "/ready?x=%2f/live", "/live")) {
            assertThat(Http.send("GET", pod.url(MeshPorts.OPS) + path, "", ProbeSecret.HEADER, secret)
                            .body())
                    .as(path)
                    .isNotEqualTo("http\n");
        }
        assertThat(Http.send("POST", pod.url(MeshPorts.OPS) + own, "body", ProbeSecret.HEADER, secret)
                        .statusCode())
                .isEqualTo(404);
        assertThat(asked("http")).allSatisfy(http -> {
            assertThat(http.url()).isEqualTo("/ready?full=%27yes%27");
            assertThat(http.method()).isEqualTo("GET");
        });
    }

    @Test
    @Order(3)
    void onlyTheKubeletsOwnCallPassesAGrpcPort() {
        int port = MeshPorts.GRPC_PROBES;
        String bank = "00000000060a0462616e6b";
        assertThat(app.call(port, "POST", CHECK, bank)).as("the control").isEqualTo("200");
        assertThat(app.call(port, "POST", CHECK, EMPTY)).isEqualTo("404");
        assertThat(app.call(port, "POST", CHECK, bank + "00")).isEqualTo("404");
        assertThat(app.call(port, "POST", CHECK + "?a", bank)).isEqualTo("404");
        assertThat(app.call(port, "POST", "/grpc.health.v1.Health/Watch", bank)).isEqualTo("404");
        assertThat(app.call(port, "POST", "/bank.Bank/Pay", bank)).isEqualTo("404");
        assertThat(app.call(port, "PUT", CHECK, bank)).isEqualTo("404");
        assertThat(outsider.lineTo(pod.ip(), port + 1, "").ended()).isEqualTo("ECONNREFUSED");
        assertThat(asked("grpc"))
                .allSatisfy(call -> assertThat(call.url() + call.body()).isEqualTo(CHECK + bank));
    }

    @Test
    @Order(4)
    void consulFollowsTheApplicationWithTheAgentDead() {
        scene.awaitEndpoints(service, 1);
        int starts = killAgent();
        app.ready(false);
        Duration lost = Eventually.timed(
                "unready application out of Consul, its agent dead",
                () -> assertThat(scene.consul().endpoints(service)).isEmpty());
        app.ready(true);
        Duration regained = Eventually.timed(
                "ready application back in Consul, its agent dead",
                () -> assertThat(scene.consul().endpoints(service)).hasSize(1));
        assertThat(agent().getRestartCount())
                .as("the agent was dead all the time")
                .isEqualTo(starts);
        assertThat(agent().getState().getRunning()).isNull();
        assertThat(lost).isLessThan(FOLLOWED);
        assertThat(regained).isLessThan(FOLLOWED);
    }

    /** Its third end makes the kubelet wait twenty seconds before the next start. */
    private static int killAgent() {
        Eventually.that("the agent to stay dead", THREE_ENDS, () -> {
            ContainerStatus agent = agent();
            if (agent.getState().getRunning() != null) {
                scene.kubectl().run("exec", POD, "-c", ContainerNames.AGENT, "--", "sh", "-c", "kill 1");
            }
            assertThat(agent.getState().getRunning()).isNull();
            assertThat(agent.getRestartCount()).isGreaterThanOrEqualTo(2);
        });
        return agent().getRestartCount();
    }

    private static ContainerStatus agent() {
        return pod.now().getStatus().getInitContainerStatuses().stream()
                .filter(status -> status.getName().equals(ContainerNames.AGENT))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Order(5)
    void preStopHookReachesTheApplication() {
        scene.delete(pod);
        Eventually.that("the hook to arrive", () -> assertThat(
                        scene.kubectl().run("logs", POD, "-c", "app").expectSuccess())
                .contains("http GET /drain"));
    }

    /** As the kubelet reads it, in the probe of the pod's own. */
    private static String secret() {
        return pod.now().getSpec().getContainers().getFirst().getReadinessProbe().getHttpGet().getHttpHeaders().stream()
                .filter(header -> ProbeSecret.HEADER.equals(header.getName()))
                .map(HTTPHeader::getValue)
                .findFirst()
                .orElseThrow();
    }

    private static List<Asked> asked(String kind) {
        return app.seen().stream().filter(asked -> asked.kind().equals(kind)).toList();
    }

    /** One container with the application, and one that only has more probes of it: a container has no more than three. */
    private static Pod probed(String name) {
        Authority stranger = new Authority("nobody the kubelet trusts", "nowhere");
        PemPair tls = stranger.leaf("CN=app", Authority.dns("app"));
        Pod given = AppPod.probed(name)
                .with("TLS_CERTIFICATE", tls.certificates())
                .with("TLS_KEY", tls.privateKey())
                .inMeshAs(service)
                .annotated(Annotations.PORT, "9000")
                .annotated(Annotations.PROTOCOL, "http")
                .annotated(Annotations.PRE_STOP_SLEEP, Integer.toString(PRE_STOP_SLEEP))
                .build();
        Container app = given.getSpec().getContainers().getFirst();
        return new PodBuilder(given)
                .editSpec()
                .withTerminationGracePeriodSeconds(PRE_STOP_SLEEP + 10L)
                .withContainers(withThreeProbes(app), withMore(app))
                .endSpec()
                .build();
    }

    private static Container withThreeProbes(Container app) {
        return new ContainerBuilder(app)
                .withStartupProbe(often().withNewTcpSocket()
                        .withPort(new IntOrString(9002))
                        .endTcpSocket()
                        .withFailureThreshold(30)
                        .build())
                .withReadinessProbe(often().withNewHttpGet()
                        .withPath("/ready?full=%27yes%27")
                        .withPort(new IntOrString(9000))
                        .addNewHttpHeader("X-Probe", "yes")
                        .endHttpGet()
                        .withFailureThreshold(1)
                        .build())
                .withLivenessProbe(often().withNewHttpGet()
                        .withPath("live")
                        .withPort(new IntOrString(9443))
                        .withScheme("HTTPS")
                        .addNewHttpHeader("Host", "shop.example")
                        .endHttpGet()
                        .withTimeoutSeconds(10)
                        .withFailureThreshold(10)
                        .build())
                .withNewLifecycle()
                .withNewPreStop()
                .withNewHttpGet()
                .withPath("/drain")
                .withPort(new IntOrString(9000))
                .endHttpGet()
                .endPreStop()
                .endLifecycle()
                .build();
    }

    private static Container withMore(Container app) {
        return new ContainerBuilder(app)
                .withName("more")
                .withCommand("node", "-e", "setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(0))")
                .withReadinessProbe(often().withNewGrpc()
                        .withPort(9001)
                        .withService("bank")
                        .endGrpc()
                        .build())
                .build();
    }

    private static ProbeBuilder often() {
        return new ProbeBuilder().withPeriodSeconds(1);
    }
}
