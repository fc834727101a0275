package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.INJECTOR;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.BootstrapSettings;
import org.junit.jupiter.api.Test;

class PodInjectorTest {
    @Test
    void podThatSaysNothingOrNoStaysOut() {
        assertThat(INJECTOR.inject(pod().build())).isInstanceOf(InjectionResult.NotInjected.class);
        assertThat(INJECTOR.inject(
                        pod("inject", "false", "upstreams", "nonsense").build()))
                .isInstanceOf(InjectionResult.NotInjected.class);
    }

    @Test
    void givenPodStaysAsItIs() {
        Pod given = injectable("port", "http").build();
        String before = Serialization.asYaml(given);
        injected(given);
        assertThat(Serialization.asYaml(given)).isEqualTo(before);
    }

    @Test
    void whatAdmissionAddsBetweenTwoCallsIsNoForgery() {
        Pod admitted = new PodBuilder(injected(injectable("port", "http").build()))
                .editSpec()
                .editMatchingInitContainer(c -> c.getName().equals("hamesh-agent"))
                .withImagePullPolicy("Always")
                .addNewVolumeMount()
                .withName("kube-api-access-x")
                .withMountPath("/var/run/secrets/kubernetes.io/serviceaccount")
                .withReadOnly(true)
                .endVolumeMount()
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(PodFixtures.problems(admitted)).isEmpty();
        assertThat(injected(admitted).getSpec().getInitContainers())
                .as("a token among them is taken off again")
                .allSatisfy(sidecar -> assertThat(sidecar.getVolumeMounts())
                        .singleElement()
                        .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/run/hamesh")));
    }

    @Test
    void sidecarsComeFirstAgainWhenSomebodyElseInsertedBefore() {
        Pod once = injected(injectable().build());
        Pod moved = new PodBuilder(once)
                .editSpec()
                .addToInitContainers(
                        0,
                        new io.fabric8.kubernetes.api.model.ContainerBuilder()
                                .withName("other")
                                .build())
                .endSpec()
                .build();
        assertThat(injected(moved).getSpec().getInitContainers())
                .extracting("name")
                .containsExactly("hamesh-agent", "hamesh-haproxy", "other");
    }

    @Test
    void pauseBendsToAShortGracePeriodAndCanBeSwitchedOff() {
        assertThat(pause(injectable().build())).isEqualTo(3L);
        assertThat(pause(injectable()
                        .editSpec()
                        .withTerminationGracePeriodSeconds(2L)
                        .endSpec()
                        .build()))
                .isEqualTo(1L);
        assertThat(injected(injectable("pre-stop-sleep", "0").build())
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getLifecycle())
                .isNull();
    }

    private static Long pause(Pod pod) {
        return injected(pod)
                .getSpec()
                .getContainers()
                .getFirst()
                .getLifecycle()
                .getPreStop()
                .getSleep()
                .getSeconds();
    }

    @Test
    void serviceIsNamedAfterAccountThenOwnerThenPod() {
        assertThat(service(injectable()
                        .editSpec()
                        .withServiceAccountName("shop")
                        .endSpec()
                        .build()))
                .isEqualTo("shop");
        assertThat(service(owned("ReplicaSet", "www-6d5f", "6d5f"))).isEqualTo("www");
        assertThat(service(owned("ReplicaSet", "www-bare", ""))).isEqualTo("www-bare");
        assertThat(service(owned("StatefulSet", "db", ""))).isEqualTo("db");
        assertThat(service(injectable().build())).isEqualTo("www");
    }

    private static Pod owned(String kind, String name, String hash) {
        return injectable()
                .editMetadata()
                .addToLabels("pod-template-hash", hash)
                .addToOwnerReferences(new OwnerReferenceBuilder()
                        .withKind(kind)
                        .withName(name)
                        .withController(true)
                        .build())
                .endMetadata()
                .editSpec()
                .withServiceAccountName("default")
                .endSpec()
                .build();
    }

    private static String service(Pod pod) {
        return injected(pod).getSpec().getInitContainers().getFirst().getEnv().stream()
                .filter(env -> env.getName().equals(BootstrapSettings.SERVICE))
                .map(EnvVar::getValue)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void protocolOfAClientIsNotedNotRefused() {
        assertThat(INJECTOR.inject(injectable("protocol", "http").build()))
                .isInstanceOfSatisfying(InjectionResult.Injected.class, result -> assertThat(result.notes())
                        .containsExactly("metadata.annotations[hamesh.io/protocol]: has no effect without"
                                + " hamesh.io/port: the pod is a client only"));
    }
}
