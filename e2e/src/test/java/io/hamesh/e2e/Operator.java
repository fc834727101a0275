package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The operator's replicas, taken away for a while or killed, and always brought back. */
record Operator(KubernetesClient client, Kubectl kubectl) implements AutoCloseable {
    static final String CONTAINER = "operator";

    /** The HAProxy in front of it. */
    static final String PROXY = "haproxy";

    static final int REPLICAS = 2;

    /** 1 as long as reviews are passed to the pod's own operator. */
    static final String UP = "haproxy_server_status{proxy=\"operators\",server=\"local\",state=\"UP\"}";

    /** Reviews that are passed to it, and not answered. */
    static final String WAITING = "haproxy_server_current_sessions{proxy=\"operators\",server=\"local\"}";

    /** One after the other: a start takes 10 s, and more than a minute where the processors are ten times overbooked. */
    private static final Duration ROLLOUT = Duration.ofMinutes(5);

    /** They have 30 s of grace. */
    private static final Duration GONE = Duration.ofSeconds(60);

    private static final Pattern REPEATED =
            Pattern.compile("haproxy_backend_retry_warnings_total\\{proxy=\"(?:again|operators)\"} (\\d+)");

    private static final String NAME = "hamesh-operator";
    private static final String DEPLOYMENT = "deployment/" + NAME;

    static Operator of(Scene scene) {
        return new Operator(scene.client(), scene.release());
    }

    void stop() {
        kubectl.run("scale", DEPLOYMENT, "--replicas=0").expectSuccess();
        Eventually.that(
                "the operator to be gone", GONE, () -> assertThat(pods()).isEmpty());
    }

    /** Asks for all replicas and does not wait for them. */
    void start() {
        kubectl.run("scale", DEPLOYMENT, "--replicas=" + REPLICAS).expectSuccess();
    }

    /** Brings back what a test took away. */
    @Override
    public void close() {
        start();
        awaitRollout();
    }

    void restart() {
        kubectl.run("rollout", "restart", DEPLOYMENT).expectSuccess();
        awaitRollout();
    }

    /** Changes its environment, {@code NAME=value}, and waits until all replicas have it. */
    void set(String variable) {
        kubectl.run("set", "env", DEPLOYMENT, variable).expectSuccess();
        awaitRollout();
    }

    void awaitRollout() {
        kubectl.run("rollout", "status", DEPLOYMENT, "--timeout=" + ROLLOUT.toSeconds() + "s")
                .expectSuccess();
        Eventually.that("all replicas to be ready, no other to be left, and one to lead", GONE, () -> {
            assertThat(pods()).hasSize(REPLICAS).allMatch(Readiness::isPodReady);
            assertThat(pods()).extracting(pod -> pod.getMetadata().getName()).contains(leader());
        });
    }

    /** The name of the pod that holds the Lease, or empty. */
    String leader() {
        String holder = client.leases()
                .inNamespace(Scene.RELEASE)
                .withName(NAME)
                .require()
                .getSpec()
                .getHolderIdentity();
        return holder == null ? "" : holder;
    }

    /** A number on the page of the replica that leads; 0 where it is not there. */
    double counted(String metric) {
        String ip = pod(leader()).getStatus().getPodIP();
        return Pattern.compile("^" + Pattern.quote(metric) + " ([0-9.]+)$", Pattern.MULTILINE)
                .matcher(Http.get("http://" + ip + ":8080/metrics"))
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    /** How often a container of that pod was started anew. */
    int restarts(String pod, String container) {
        var status = pod(pod).getStatus();
        return Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .filter(each -> each.getName().equals(container))
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    /** Reviews that the HAProxy of any replica asked once more, since these started. */
    int repeatedReviews() {
        return pods().stream()
                .map(pod -> Http.get(proxyMetrics(pod)))
                .flatMap(metrics -> REPEATED.matcher(metrics).results())
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }

    /** Where the HAProxy of that replica tells of its operator: {@link #UP} and {@link #WAITING}. */
    static String proxyMetrics(Pod pod) {
        return "http://" + pod.getStatus().getPodIP() + ":8404/metrics";
    }

    Pod pod(String name) {
        return client.pods().inNamespace(Scene.RELEASE).withName(name).require();
    }

    /** A replica that does not lead. */
    String follower() {
        String leader = leader();
        return pods().stream()
                .map(pod -> pod.getMetadata().getName())
                .filter(name -> !name.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    List<Pod> pods() {
        return client.pods()
                .inNamespace(Scene.RELEASE)
                .withLabel("app.kubernetes.io/component", CONTAINER)
                .list()
                .getItems();
    }
}
