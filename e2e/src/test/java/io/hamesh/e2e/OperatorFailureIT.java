package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.model.Protocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Replicas of the operator go, one way or another, while pods are created without a pause and the mesh is in use. */
@EndToEnd
@Isolated("operators are killed meanwhile")
class OperatorFailureIT {
    private static final int API = 8080;
    private static final Duration TRAFFIC = Duration.ofMillis(20);

    /** A Lease that its holder does not give away lasts for 10 s, of which a second or two have passed. */
    private static final Duration HAND_OVER = Bound.of(Duration.ofSeconds(5), Duration.ofSeconds(8));

    private static final Duration TAKE_OVER = Bound.of(Duration.ofSeconds(20));

    private static final int KILLS = Confidence.of(1, 3);

    /** The kubelet waits for up to 20 s before it starts a container anew for the third time. */
    private static final Duration BACK_OFF = Duration.ofSeconds(60);

    private static final Duration PROXY_IS_BACK = Bound.of(Duration.ofSeconds(5));
    private static final Duration REPAIR = Bound.of(Duration.ofSeconds(2));
    private static final String LIFETIME = "HAMESH_WEBHOOK_CERTIFICATE_LIFETIME=";
    private static final String SECRET = "hamesh-webhook-tls";

    /** A CA bundle has to be one of certificates, or the API server refuses it. */
    private static final String SPOILT = Base64.getEncoder()
            .encodeToString(new Authority("spoilt", "nowhere.consul")
                    .root()
                    .certificates()
                    .getBytes(StandardCharsets.US_ASCII));

    private static final Duration TWO_RENEWALS = Bound.of(Duration.ofSeconds(100));

    private static Scene scene;
    private static Operator operator;
    private static Caller caller;
    private static NodeShell node;
    private static String api;
    private static String web;

    private Admissions admissions;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        operator = Operator.of(scene);
        api = scene.service("api");
        web = scene.service("web");
        scene.apply(Intention.to(api).allowing(web));
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(web).calling(api + ":" + API), AppPod.server("api", api, Protocol.HTTP));
        caller = pods.getFirst().caller();
        node = NodeShell.on(scene);
        Eventually.that(
                "the source to be allowed",
                () -> assertThat(caller.get(API, "/").status()).isEqualTo(200));
    }

    @BeforeEach
    void load() {
        operator.awaitRollout();
        caller.load("traffic", Caller.StreamKind.SSE, API, TRAFFIC);
        admissions = Admissions.start(scene);
        admissions.awaitMore(20);
    }

    @AfterEach
    void bringBack() {
        admissions.close();
        operator.close();
    }

    @Test
    void deletedLeaderHandsOverAndNoAdmissionFails() {
        deleteTheLeader("leader deleted");
    }

    /** The kubelet then gives its containers no more than two seconds. */
    @Test
    void leaderDeletedByForceHandsOverAndNoAdmissionFails() {
        deleteTheLeader("leader deleted by force", "--grace-period=0", "--force");
    }

    private void deleteTheLeader(String how, String... options) {
        String leader = operator.leader();
        List<String> delete = new ArrayList<>(List.of("delete", "pod", leader, "--wait=false"));
        delete.addAll(List.of(options));
        scene.release().run(delete.toArray(String[]::new)).expectSuccess();
        Eventually.within(HAND_OVER, "another leads, " + how, () -> assertThat(operator.leader())
                .isNotIn(leader, ""));
        operator.awaitRollout();
        assertNothingFailed(how);
    }

    @Test
    void leaderKilledWithoutAWordIsReplacedAndNoAdmissionFails() {
        crowdFreshReplicas();
        for (int kill = 0; kill < KILLS; kill++) {
            kill(operator.leader());
            String name = "late-" + kill;
            Intention late = new Intention(name, scene.service(name), Map.of(web, "allow"));
            scene.apply(late);
            Eventually.within(TAKE_OVER, "an intention is in Consul after kill -9 of the leader", () -> assertThat(
                            scene.consul().intentions(late.destination()))
                    .isPresent());
            operator.awaitRollout();
        }
        assertNothingFailed(
                "leader killed -9 " + KILLS + " times, " + operator.repeatedReviews() + " reviews asked again");
    }

    @Test
    void followerKilledWithoutAWordAndNoAdmissionFails() {
        crowdFreshReplicas();
        for (int kill = 0; kill < KILLS; kill++) {
            kill(operator.follower());
            operator.awaitRollout();
        }
        assertNothingFailed(
                "follower killed -9 " + KILLS + " times, " + operator.repeatedReviews() + " reviews asked again");
    }

    /** What it carries is lost with it, and new connections are refused until it is back, or its endpoint gone. */
    @Test
    void webhookProxyKilledWithoutAWordIsBackSoon() {
        String pod = operator.leader();
        int before = operator.restarts(pod, Operator.PROXY);
        assertThat(node.kill(operator.pod(pod), Operator.PROXY))
                .as("process ids")
                .isNotEmpty();
        Eventually.timed("the HAProxy in front of the operator is back after kill -9", () -> {
            assertThat(operator.restarts(pod, Operator.PROXY)).isEqualTo(before + 1);
            assertThat(Readiness.isPodReady(operator.pod(pod))).isTrue();
        });
        admissions.awaitMore(60);
        Admissions.Counts admitted = admissions.stop();
        Caller.Counts traffic = caller.stopLoad("traffic");
        System.out.println("[count] webhook proxy killed -9: " + admitted + "; traffic " + traffic);
        List<Admissions.Failure> failures = admitted.failures();
        if (!failures.isEmpty()) {
            Duration window = failures.getLast().at().minus(failures.getFirst().at());
            System.out.printf("[time] webhook proxy killed -9, first failure to last: %d ms%n", window.toMillis());
            assertThat(window).isLessThan(PROXY_IS_BACK);
        }
        assertThat(traffic.failed()).isZero();
    }

    @Test
    void rollingUpdateIsNotNoticed() {
        operator.restart();
        assertNothingFailed("rolling update");
    }

    @Test
    void certificatesAreRenewedUnderAdmissions() {
        operator.set(LIFETIME + "45s");
        Set<String> seen = new HashSet<>();
        seen.add(certificate());
        // Made anew by hand, in effect: what is served stays trusted until all serve what comes next.
        scene.release().run("delete", "secret", SECRET).expectSuccess();
        Eventually.that("the certificate to be made anew and renewed twice", TWO_RENEWALS, () -> {
            seen.add(certificate());
            assertThat(seen).hasSizeGreaterThanOrEqualTo(4);
        });
        admissions.awaitMore(200);
        assertNothingFailed("3 certificates, each for 45 s");
        spoilCaBundle();
        Eventually.within(REPAIR, "a caBundle that somebody spoilt is right again", () -> assertThat(caBundles())
                .doesNotContain(SPOILT));
        operator.set(LIFETIME + "8760h");
    }

    /** The control: the load notices an operator that is away. */
    @Test
    void withNoReplicaLeftAdmissionsFailAndTrafficGoesOn() {
        operator.stop();
        Eventually.that(
                "admissions to fail",
                () -> assertThat(admissions.counts().failures()).isNotEmpty());
        admissions.stop();
        assertThat(caller.stopLoad("traffic").failed()).isZero();
    }

    private static void spoilCaBundle() {
        String patch =
                "[{\"op\":\"replace\",\"path\":\"/webhooks/0/clientConfig/caBundle\",\"value\":\"" + SPOILT + "\"}]";
        scene.release()
                .run("patch", "mutatingwebhookconfiguration", "hamesh", "--type=json", "-p", patch)
                .expectSuccess();
    }

    private static List<String> caBundles() {
        return scene
                .client()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName("hamesh")
                .require()
                .getWebhooks()
                .stream()
                .map(webhook -> webhook.getClientConfig().getCaBundle())
                .toList();
    }

    private static String certificate() {
        var secret = scene.client()
                .secrets()
                .inNamespace(Scene.RELEASE)
                .withName(SECRET)
                .get();
        return secret == null ? "" : secret.getData().getOrDefault("tls.crt", "");
    }

    /**
     * Restarts the operators if one has died before, because the kubelet delays a second restart. Then creates more pods
     * than otherwise.
     */
    private void crowdFreshReplicas() {
        if (operator.pods().stream()
                .anyMatch(pod -> operator.restarts(pod.getMetadata().getName(), Operator.CONTAINER) > 0)) {
            operator.restart();
        }
        admissions.close();
        admissions = Admissions.crowd(scene);
        admissions.awaitMore(100);
    }

    /**
     * Kills an operator for which reviews wait, and returns when it is being started anew, which may take a while. The
     * reviews are the control: nothing was answered of them, each was asked again by HAProxy, and the API server would have
     * lost it. The API server's own are not enough for that: once a replica was away its connections lead to the other.
     */
    private static void kill(String name) {
        Pod pod = operator.pod(name);
        int restarts = operator.restarts(name, Operator.CONTAINER);
        int repeated = operator.repeatedReviews();
        try (Reviews reviews = Reviews.of(scene, pod)) {
            node.killWhenWaitedFor(
                    pod,
                    Operator.CONTAINER,
                    Operator.proxyMetrics(pod),
                    Operator.UP,
                    Operator.WAITING,
                    Reviews.AT_A_TIME);
            reviews.awaitMore();
            assertThat(reviews.stop())
                    .as("reviews asked of the killed one's HAProxy")
                    .isEmpty();
        }
        assertThat(operator.repeatedReviews() - repeated)
                .as("reviews asked again")
                .isGreaterThanOrEqualTo(Reviews.AT_A_TIME);
        Eventually.that("the operator to be started anew", BACK_OFF, () -> assertThat(
                        operator.restarts(name, Operator.CONTAINER))
                .isGreaterThan(restarts));
    }

    private void assertNothingFailed(String what) {
        Admissions.Counts admitted = admissions.stop();
        Caller.Counts traffic = caller.stopLoad("traffic");
        System.out.println("[count] " + what + ": " + admitted + "; traffic " + traffic);
        assertThat(admitted.failures()).isEmpty();
        assertThat(traffic.failed()).isZero();
    }
}
