package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodDNSConfigBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods join the mesh whatever else is in their namespace and cluster: Services called as we are, webhooks, a DNS of their own. */
@EndToEnd
class SurroundingsIT {
    private static final List<String> CALLED_AS_WE_ARE = List.of("hamesh", "hamesh-probe", "hamesh-unsecured");

    private static Scene scene;
    private static SecondWebhook second;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        CALLED_AS_WE_ARE.forEach(SurroundingsIT::createService);
        second = SecondWebhook.start(scene);
    }

    private static void createService(String name) {
        scene.client()
                .services()
                .inNamespace(scene.namespace())
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
    }

    @Test
    void servicesCalledAsWeAreChangeNoPod() {
        RunningPod pod = scene.start(AppPod.caller("linked").inMeshAs(scene.service("linked")));
        assertThat(scene.kubectl()
                        .run("exec", "linked", "-c", "app", "--", "env")
                        .expectSuccess())
                .as("the control: the kubelet's variables")
                .contains("HAMESH_PORT=tcp://", "HAMESH_PROBE_PORT=tcp://", "HAMESH_UNSECURED_PORT=tcp://");
        assertThat(pod.restarts()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", "Default"})
    void podWithADnsOfItsOwnFindsConsul(String policy) {
        String name = "dns-" + policy.toLowerCase(Locale.ROOT);
        Pod pod = new PodBuilder(
                        AppPod.caller(name).inMeshAs(scene.service(name)).build())
                .editSpec()
                .withDnsPolicy(policy)
                .endSpec()
                .build();
        if (policy.equals("None")) {
            pod.getSpec()
                    .setDnsConfig(new PodDNSConfigBuilder()
                            .addToNameservers("127.0.0.1")
                            .build());
        }
        scene.create(pod);
        RunningPod ready = scene.awaitReady(name);
        assertThat(ready.now().getSpec().getDnsPolicy()).isEqualTo(policy);
        assertThat(scene.kubectl()
                        .run("exec", name, "-c", "app", "--", "cat", "/etc/resolv.conf")
                        .expectSuccess())
                .as("the control: the pod's own DNS knows no Service")
                .doesNotContain("svc.cluster.local");
    }

    @ParameterizedTest
    @CsvSource({"a, Never", "z, Never", "a, IfNeeded", "z, IfNeeded"})
    void anotherWebhookMayAddToEveryContainer(String order, String again) {
        String name = order + "-" + again.toLowerCase(Locale.ROOT);
        try (var asked = second.asked(order, again)) {
            Pod pod = scene.start(AppPod.caller(name).inMeshAs(scene.service(name)))
                    .now();
            assertThat(asked.configuration()).startsWith(order);
            assertThat(additions(pod.getSpec().getContainers().getFirst()))
                    .as("the application keeps what it got")
                    .containsExactly("CLOUD_ROLE", "cloud-token");
            if (!(order.equals("z") && again.equals("IfNeeded"))) {
                assertThat(pod.getSpec().getInitContainers())
                        .as("sidecars are ours where we are asked last")
                        .allSatisfy(sidecar -> assertThat(additions(sidecar)).isEmpty());
            }
        }
    }

    private static List<String> additions(Container container) {
        return Stream.concat(
                        container.getEnv().stream().map(EnvVar::getName),
                        container.getVolumeMounts().stream().map(VolumeMount::getName))
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith("cloud"))
                .toList();
    }
}
