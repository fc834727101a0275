package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.e2e.Caller.StreamKind;
import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Pods of any owner are in the mesh while they run, and in nobody's way when they end. */
@EndToEnd
@TestMethodOrder(OrderAnnotation.class)
class WorkloadsIT {
    private static final int API = 8080;
    private static final int DB = 8081;
    private static final Duration ENDED = Bound.of(Duration.ofSeconds(10));
    /** After which the kubelet ends sidecars that do not end by themselves: longer than {@link #ENDED} ever is. */
    private static final long GRACE_SECONDS = 60;

    private static final Duration REGISTERED = Bound.of(Duration.ofSeconds(5));
    private static final Duration A_CRON_JOBS_MINUTE = Scene.POD_START.plusMinutes(1);

    private static Scene scene;
    private static String api;
    private static String db;
    private static Caller caller;

    /** The CronJob is due at the next full minute: all else happens meanwhile. */
    @BeforeAll
    static void start(Scene given) {
        scene = given;
        api = scene.service("api");
        db = scene.service("db");
        String task = scene.service("task");
        String web = scene.service("web");
        scene.apply(Intention.to(api).allowing(task));
        scene.apply(Intention.to(db).allowing(web));
        scene.consul().setProtocol(api, Protocol.HTTP);
        scene.client()
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(scene.namespace())
                .resource(new CronJobBuilder()
                        .withNewMetadata()
                        .withName("nightly")
                        .endMetadata()
                        .withNewSpec()
                        .withSchedule("* * * * *")
                        .withConcurrencyPolicy("Forbid")
                        .withNewJobTemplate()
                        .withNewSpec()
                        .withTemplate(task("nightly", task))
                        .endSpec()
                        .endJobTemplate()
                        .endSpec()
                        .build())
                .create();
        caller = scene.start(
                        AppPod.caller("web").inMeshAs(web).calling(db + ":" + DB),
                        AppPod.server("api", api, Protocol.HTTP))
                .getFirst()
                .caller();
    }

    @Test
    @Order(1)
    void jobsPodIsCompletedSoonAfterItsApplication() {
        scene.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(scene.namespace())
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withName("once")
                        .endMetadata()
                        .withNewSpec()
                        .withTemplate(task("once", scene.service("task")))
                        .endSpec()
                        .build())
                .create();
        assertThat(awaitCompleted("once", Scene.POD_START)).isLessThanOrEqualTo(ENDED);
    }

    @Test
    @Order(2)
    void eachInstanceOfAStatefulSetIsReachedAsOneService() {
        scene.client()
                .apps()
                .statefulSets()
                .inNamespace(scene.namespace())
                .resource(new StatefulSetBuilder()
                        .withNewMetadata()
                        .withName("db")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(3)
                        .withPodManagementPolicy("Parallel")
                        .withServiceName("db")
                        .withSelector(selector("db"))
                        .withTemplate(template(AppPod.server("db", db, Protocol.TCP)))
                        .endSpec()
                        .build())
                .create();
        awaitReady("db", 3);
        scene.awaitEndpoints(db, 3);
        caller.load("db", StreamKind.TCP, DB, Duration.ofMillis(20));
        Eventually.timed(
                "each instance of the StatefulSet answers",
                () -> assertThat(caller.counts("db").pods()).containsOnlyKeys("db-0", "db-1", "db-2"));
        caller.stopLoad("db");
        assertThat(caller.lineTo(scene.pod("db-0").getStatus().getPodIP(), AppPod.APP_PORT, "PING")
                        .ended())
                .as("past the mesh there is no way")
                .isEqualTo("ECONNREFUSED");
    }

    @Test
    @Order(3)
    void daemonSetsPodIsRegisteredSoonAfterItIsReady() {
        String agent = scene.service("node-agent");
        scene.client()
                .apps()
                .daemonSets()
                .inNamespace(scene.namespace())
                .resource(new DaemonSetBuilder()
                        .withNewMetadata()
                        .withName("node-agent")
                        .endMetadata()
                        .withNewSpec()
                        .withSelector(selector("node-agent"))
                        .withTemplate(template(AppPod.server("node-agent", agent, Protocol.TCP)))
                        .endSpec()
                        .build())
                .create();
        awaitReady("node-agent", 1);
        Pod ready = pods("node-agent").getFirst();
        Eventually.within(REGISTERED, "ready pod of a DaemonSet in Consul", () -> assertThat(
                        scene.consul().endpoints(agent))
                .contains(ready.getStatus().getPodIP() + ":20000"));
    }

    @Test
    @Order(4)
    void cronJobsPodIsCompletedSoonAfterItsApplication() {
        assertThat(awaitCompleted("nightly", A_CRON_JOBS_MINUTE)).isLessThanOrEqualTo(ENDED);
        scene.client()
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(scene.namespace())
                .withName("nightly")
                .delete();
    }

    /**
     * From the application's exit to its Job's completion, each told by Kubernetes to the second: a CronJob's pod may have
     * ended before anybody looks.
     */
    private static Duration awaitCompleted(String app, Duration limit) {
        Awaitility.await("the application of " + app + " to end")
                .pollInterval(Duration.ofMillis(100))
                .atMost(limit)
                .until(() -> pods(app).stream().anyMatch(WorkloadsIT::applicationEnded));
        Pod pod = pods(app).stream()
                .filter(WorkloadsIT::applicationEnded)
                .findFirst()
                .orElseThrow();
        String name = pod.getMetadata().getName();
        Eventually.that("pod " + name + " to be Completed", ENDED.plus(Eventually.LIMIT), () -> assertThat(
                        scene.pod(name).getStatus().getPhase())
                .isEqualTo("Succeeded"));
        String job = Objects.requireNonNull(pod.getMetadata().getLabels().get("job-name"));
        String completion = Eventually.get(
                "Job " + job + " to be complete", () -> completionTime(job), time -> time != null && !time.isEmpty());
        Instant exit = Instant.parse(application(scene.pod(name)).getFinishedAt());
        Duration took = Duration.between(exit, Instant.parse(completion));
        System.out.printf("[time] Job %s complete after its application's exit: %d s%n", job, took.toSeconds());
        return took;
    }

    private static String completionTime(String job) {
        return scene.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(scene.namespace())
                .withName(job)
                .get()
                .getStatus()
                .getCompletionTime();
    }

    private static boolean applicationEnded(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .anyMatch(status -> status.getState().getTerminated() != null);
    }

    private static ContainerStateTerminated application(Pod pod) {
        ContainerStatus status = pod.getStatus().getContainerStatuses().getFirst();
        assertThat(status.getState().getTerminated().getExitCode()).isZero();
        return status.getState().getTerminated();
    }

    private static void awaitReady(String app, int atLeast) {
        Eventually.that("the pods of " + app + " to be ready", Scene.POD_START, () -> assertThat(pods(app))
                .hasSizeGreaterThanOrEqualTo(atLeast)
                .allMatch(Readiness::isPodReady));
    }

    private static List<Pod> pods(String app) {
        return scene.client()
                .pods()
                .inNamespace(scene.namespace())
                .withLabel("app", app)
                .list()
                .getItems();
    }

    private static io.fabric8.kubernetes.api.model.LabelSelector selector(String app) {
        return new LabelSelectorBuilder().withMatchLabels(Map.of("app", app)).build();
    }

    private static PodTemplateSpec task(String name, String service) {
        AppPod pod = AppPod.task(name, API).inMeshAs(service).calling(api + ":" + API);
        return new PodTemplateSpecBuilder(template(pod))
                .editSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                .endSpec()
                .build();
    }

    private static PodTemplateSpec template(AppPod pod) {
        Pod built = pod.build();
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withAnnotations(built.getMetadata().getAnnotations())
                .withLabels(built.getMetadata().getLabels())
                .endMetadata()
                .withSpec(built.getSpec())
                .build();
    }
}
