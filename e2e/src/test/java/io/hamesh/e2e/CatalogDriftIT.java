package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What somebody changes in Consul's catalogue by hand is put right, and what is not ours is left alone. */
@EndToEnd
@Isolated("a bound of two seconds is measured")
class CatalogDriftIT {
    private static final Duration BOUND = Bound.of(Duration.ofSeconds(2));
    /** More often than repairs are logged within a minute. */
    private static final int AGAIN_AND_AGAIN = 7;

    private static final String REGISTRATION = "registration";
    private static final String STRAY = "stray";

    private static Scene scene;
    private static String service;
    private static Instance written;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        service = scene.service("api");
        scene.start(AppPod.server("api", service, Protocol.HTTP));
        Eventually.that(
                "the pod to pass",
                () -> assertThat(scene.consul().instances(service)).isNotEmpty().allMatch(Instance::isPassing));
        written = scene.consul().instances(service).getFirst();
    }

    @Test
    void deregisteredServiceComesBack() {
        double before = repaired(REGISTRATION);
        scene.consul().deregister(written);
        assertPutRight("service deregistered by hand", REGISTRATION, before);
    }

    @Test
    void whatIsUndoneAgainAndAgainIsPutRightEachTime() {
        for (int i = 0; i < AGAIN_AND_AGAIN; i++) {
            double before = repaired(REGISTRATION);
            scene.consul().deregister(written);
            assertPutRight("service deregistered by hand once more", REGISTRATION, before);
        }
    }

    @Test
    void deregisteredProxyComesBack() {
        double before = repaired(REGISTRATION);
        scene.consul()
                .put(
                        "/v1/catalog/deregister",
                        Map.of("Node", written.node(), "ServiceID", written.id() + "_sidecar-proxy"));
        assertPutRight("proxy deregistered by hand", REGISTRATION, before);
    }

    @Test
    void checkSetToCriticalPassesAgain() {
        double before = repaired(REGISTRATION);
        register(Map.of(
                "Node", written.node(),
                "Address", written.address(),
                "SkipNodeUpdate", true,
                "Check",
                        Map.of(
                                "Node",
                                written.node(),
                                "CheckID",
                                written.id() + Instance.CHECK_SUFFIX,
                                "Name",
                                "by hand",
                                "ServiceID",
                                written.id(),
                                "Status",
                                "critical")));
        assertPutRight("check set to critical by hand", REGISTRATION, before);
    }

    @Test
    void deregisteredCheckComesBack() {
        double before = repaired(REGISTRATION);
        scene.consul()
                .put(
                        "/v1/catalog/deregister",
                        Map.of("Node", written.node(), "CheckID", written.id() + Instance.CHECK_SUFFIX));
        assertPutRight("check deregistered by hand", REGISTRATION, before);
    }

    @Test
    void deletedProtocolIsDeclaredAgain() {
        double before = repaired("protocol");
        scene.consul().deleteProtocol(service);
        Eventually.within(BOUND, "service-defaults deleted by hand → put right", () -> assertThat(scene.consul()
                        .get("/v1/config/service-defaults/" + service)
                        .path("Protocol")
                        .asText())
                .isEqualTo("http"));
        assertCounted("protocol", before);
    }

    /** A stray under our mark goes; beside it, what carries no mark, and another cluster's, stays. */
    @Test
    void strayUnderOurMarkGoesAndNothingElse() {
        double before = repaired(STRAY);
        Map<String, String> ours = Map.of("managed-by", "hamesh", "hamesh-cluster", "kubernetes");
        addService("by-hand", Map.of());
        addService("other-cluster", Map.of("managed-by", "hamesh", "hamesh-cluster", "another"));
        addService("stray", ours);
        Eventually.within(BOUND, "stray under our mark → gone", () -> assertThat(
                        scene.consul().instances(service("stray")))
                .isEmpty());
        assertCounted(STRAY, before);
        for (String other : new String[] {"by-hand", "other-cluster"}) {
            assertThat(scene.consul().instances(service(other))).hasSize(1);
            scene.consul().deregister(scene.consul().instances(service(other)).getFirst());
        }
    }

    private static void addService(String name, Map<String, String> meta) {
        register(Map.of(
                "Node",
                written.node(),
                "Address",
                written.address(),
                "SkipNodeUpdate",
                true,
                "Service",
                Map.of("Service", service(name), "ID", service(name), "Meta", meta)));
    }

    private static String service(String name) {
        return name + "-" + service;
    }

    private static void register(Map<String, Object> registration) {
        scene.consul().put("/v1/catalog/register", registration);
    }

    private static void assertPutRight(String what, String kind, double before) {
        Eventually.within(BOUND, what + " → put right", () -> {
            assertThat(scene.consul().instances(service)).containsExactly(written);
            assertThat(scene.consul().endpoints(service)).hasSize(1);
        });
        assertCounted(kind, before);
    }

    private static void assertCounted(String kind, double before) {
        Eventually.that(
                "the repair to be counted", () -> assertThat(repaired(kind)).isGreaterThan(before));
    }

    /** Of all replicas together: only the one that leads counts. */
    private static double repaired(String kind) {
        return Operator.of(scene).pods().stream()
                .map(pod -> Http.get("http://" + pod.getStatus().getPodIP() + ":8080/metrics"))
                .flatMap(metrics -> Pattern.compile(
                                "^hamesh_catalog_drift_repaired_total\\{kind=\"" + kind + "\"} ([0-9.e+]+)$",
                                Pattern.MULTILINE)
                        .matcher(metrics)
                        .results())
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }
}
