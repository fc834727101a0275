package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A pod that is nobody's in particular does what it can to the operator's ports, while others are created. */
@EndToEnd
@Isolated("the operators are attacked")
class WebhookProxyAttackIT {
    private static final Duration ADMISSION = Bound.of(Duration.ofSeconds(2));

    /** The limits of the chart's values. */
    private static final double MEGABYTES = 256;

    private static final double MEGABYTES_OF_OPERATOR = 384;

    private static Scene scene;
    private static Operator operator;
    private static Stranger stranger;

    private Admissions admissions;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        operator = Operator.of(scene);
        stranger = Stranger.start(scene);
    }

    @BeforeEach
    void load() {
        operator.awaitRollout();
        admissions = Admissions.start(scene);
        admissions.awaitMore(20);
    }

    @AfterEach
    void stop() {
        admissions.close();
    }

    @Test
    void silenceAfterTheHandshakeStopsNoAdmission() {
        attack("tls", 4000, 9443);
    }

    @Test
    void silenceOnTheOtherPortsStopsNoAdmission() {
        attack("tcp", 4000, 9444, 8080, 8404);
    }

    @Test
    void strangerIsNotAnsweredAtThePlainPath() {
        String ask = """
                const answer = await fetch('https://' + process.argv[1] + ':9443/inject', { method: 'POST', body: '{}' })
                    .then(response => response.status, error => 'none');
                console.log(answer);
                """;
        String host = host(operator.pods().getFirst());
        Eventually.that("the API server to be told another path", () -> assertThat(path())
                .matches("/[0-9a-f]{32}/inject"));
        assertThat(stranger.run("NODE_TLS_REJECT_UNAUTHORIZED=0", ask, host)).isEqualTo("none");
    }

    @Test
    void haproxyCarriesNoToken() {
        String pod = operator.pods().getFirst().getMetadata().getName();
        String token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
        assertThat(scene.release()
                        .run("exec", pod, "-c", Operator.PROXY, "--", "test", "-e", token)
                        .exitCode())
                .isEqualTo(1);
        assertThat(scene.release()
                        .run("get", "pod", pod, "-o", "jsonpath={.spec.containers[0].volumeMounts[*].mountPath}")
                        .expectSuccess())
                .as("the control: the operator has it")
                .contains("/var/run/secrets/kubernetes.io/serviceaccount");
    }

    private void attack(String kind, int connections, int... ports) {
        List<String> targets = new ArrayList<>();
        for (Pod pod : operator.pods()) {
            for (int port : ports) {
                targets.add(host(pod) + ":" + port);
            }
        }
        List<String> pods = names();
        int restarts = restarts(pods);
        double most = 0;
        double ofOperator = 0;
        var attack = stranger.opening(kind, connections, targets);
        while (!attack.isDone()) {
            assertThat(operator.pods()).allMatch(Readiness::isPodReady);
            most = Math.max(most, megabytes(pods.getFirst(), Operator.PROXY));
            ofOperator = Math.max(ofOperator, megabytes(pods.getFirst(), Operator.CONTAINER));
        }
        int opened = attack.join();
        Admissions.Counts admitted = admissions.stop();
        System.out.printf(
                "[count] %d %s connections: %s; HAProxy %.1f MB, operator %.1f MB%n",
                opened, kind, admitted, most, ofOperator);
        assertThat(opened).as("the attack takes place").isGreaterThan(connections / 20);
        assertThat(admitted.failures()).isEmpty();
        assertThat(admitted.slowest()).isLessThan(ADMISSION);
        assertThat(most).isLessThan(MEGABYTES);
        assertThat(ofOperator).isLessThan(MEGABYTES_OF_OPERATOR);
        assertThat(names()).isEqualTo(pods);
        assertThat(restarts(pods)).isEqualTo(restarts);
    }

    private static double megabytes(String pod, String container) {
        return Usage.of(scene.release(), pod, container).megabytes();
    }

    private static int restarts(List<String> pods) {
        return pods.stream()
                .mapToInt(pod -> operator.restarts(pod, Operator.PROXY) + operator.restarts(pod, Operator.CONTAINER))
                .sum();
    }

    private static List<String> names() {
        return operator.pods().stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
    }

    private static String path() {
        return scene.client()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName("hamesh")
                .require()
                .getWebhooks()
                .getFirst()
                .getClientConfig()
                .getService()
                .getPath();
    }

    private static String host(Pod pod) {
        return pod.getStatus().getPodIP();
    }
}
