package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.hamesh.model.Annotations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A Deployment of workers, which are ready once they listen; changed as people do, by {@code kubectl}. */
record AppDeployment(Scene scene, String name) {
    /** Kubernetes' own default. */
    private static final long GRACE_SECONDS = 30;

    /** The chart's default. */
    static final Duration PAUSE = Duration.ofSeconds(3);

    private static final Duration ROLLOUT = Duration.ofMinutes(2);

    /** Creates it and does not wait. */
    static AppDeployment create(Scene scene, AppPod pod, int replicas) {
        scene.client()
                .apps()
                .deployments()
                .inNamespace(scene.namespace())
                .resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName(pod.name())
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(replicas)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", pod.name()))
                        .endSelector()
                        .withTemplate(template(stoppedUnderLoad(readyOnceItListens(pod.build()))))
                        .endSpec()
                        .build())
                .create();
        return new AppDeployment(scene, pod.name());
    }

    private static PodTemplateSpec template(Pod pod) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withAnnotations(pod.getMetadata().getAnnotations())
                .withLabels(pod.getMetadata().getLabels())
                .endMetadata()
                .withSpec(new PodSpecBuilder(pod.getSpec())
                        .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                        .build())
                .build();
    }

    /** {@code apps/worker.mjs} and {@code apps/server.mjs} leave a file when they listen. */
    static Pod readyOnceItListens(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .editFirstContainer()
                .withNewReadinessProbe()
                .withNewExec()
                .withCommand("test", "-e", "/tmp/ready")
                .endExec()
                .withPeriodSeconds(1)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }

    /**
     * To be stopped while it is called. It has to pause for longer than it takes until the last caller has let go of it and
     * is answered, and on a machine that others use, too, that takes longer.
     */
    static Pod stoppedUnderLoad(Pod pod) {
        Duration grace = Duration.ofSeconds(pod.getSpec().getTerminationGracePeriodSeconds());
        Map<String, String> annotations = new TreeMap<>(pod.getMetadata().getAnnotations());
        annotations.putIfAbsent(
                Annotations.PRE_STOP_SLEEP, Long.toString(Bound.of(PAUSE).toSeconds()));
        return new PodBuilder(pod)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .editSpec()
                .withTerminationGracePeriodSeconds(Bound.of(grace).toSeconds())
                .endSpec()
                .build();
    }

    void scale(int replicas) {
        kubectl("scale", "deployment/" + name, "--replicas=" + replicas);
    }

    void restart() {
        kubectl("rollout", "restart", "deployment/" + name);
    }

    void awaitRollout() {
        kubectl("rollout", "status", "deployment/" + name, "--timeout=" + ROLLOUT.toSeconds() + "s");
    }

    /** Until only that many pods are left, those that are ending included. */
    void awaitPods(int count) {
        Eventually.that(count + " pods of " + name, ROLLOUT, () -> assertThat(podNames())
                .hasSize(count));
    }

    List<String> podNames() {
        return scene.podNames().stream()
                .filter(pod -> pod.startsWith(name + "-"))
                .toList();
    }

    private void kubectl(String... arguments) {
        scene.kubectl().run(arguments).expectSuccess();
    }
}
