package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.MESH;
import static io.hamesh.operator.injection.PodFixtures.SECRET;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ProbeSecret;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeSecretTest {
    private static final HTTPHeader SHOWN = new HTTPHeader(ProbeSecret.HEADER, SECRET.value());
    private static final HTTPHeader OWN = new HTTPHeader("X-Token", "t");

    @Test
    void kubeletShowsItWithEachHttpQuestion() {
        Pod pod = injected(probed());
        Container app = pod.getSpec().getContainers().getFirst();
        Container haproxy = pod.getSpec().getInitContainers().get(1);
        assertThat(app.getReadinessProbe().getHttpGet().getHttpHeaders()).containsExactly(OWN, SHOWN);
        assertThat(app.getLivenessProbe().getHttpGet().getHttpHeaders()).containsExactly(SHOWN);
        assertThat(app.getLifecycle().getPreStop().getHttpGet().getHttpHeaders())
                .containsExactly(SHOWN);
        assertThat(haproxy.getStartupProbe().getHttpGet().getHttpHeaders()).containsExactly(SHOWN);
        assertThat(haproxy.getReadinessProbe().getHttpGet().getHttpHeaders()).containsExactly(SHOWN);
        assertThat(secrets(pod)).containsOnly(SECRET.value()).hasSize(2);
    }

    @Test
    void eachPodHasItsOwnAndKeepsIt() {
        PodInjector injector = new PodInjector(MESH, ProbeSecret::random);
        Pod one = by(injector, probed());
        Pod other = by(injector, probed());
        assertThat(secrets(one)).doesNotContainAnyElementsOf(secrets(other));
        assertThat(by(injector, one)).isEqualTo(one);
    }

    @Test
    void authorsProbesComeBackWithoutIt() {
        assertThat(AppProbes.restored(injected(probed()))
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getReadinessProbe())
                .isEqualTo(probed().getSpec().getContainers().getFirst().getReadinessProbe());
    }

    @Test
    void secretThatIsNoneIsForged() {
        Pod forged = new PodBuilder(injected(probed())).build();
        forged.getSpec().getInitContainers().getFirst().getEnv().stream()
                .filter(variable -> BootstrapSettings.PROBE_SECRET.equals(variable.getName()))
                .forEach(variable -> variable.setValue("none"));
        assertThat(PodFixtures.problems(forged)).isNotEmpty().noneMatch(problem -> problem.contains(SECRET.value()));
    }

    private static Pod by(PodInjector injector, Pod pod) {
        if (injector.inject(pod) instanceof InjectionResult.Injected result) {
            return result.pod();
        }
        throw new AssertionError("not injected");
    }

    private static List<String> secrets(Pod pod) {
        return pod.getSpec().getInitContainers().stream()
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> BootstrapSettings.PROBE_SECRET.equals(variable.getName()))
                .map(EnvVar::getValue)
                .toList();
    }

    private static Pod probed() {
        Pod pod = injectable("port", "8080").build();
        Container app = pod.getSpec().getContainers().getFirst();
        return new PodBuilder(pod)
                .editSpec()
                .withContainers(new ContainerBuilder(app)
                        .withNewReadinessProbe()
                        .withHttpGet(asked("/ready", OWN))
                        .endReadinessProbe()
                        .withNewLivenessProbe()
                        .withNewTcpSocket()
                        .withNewPort(8080)
                        .endTcpSocket()
                        .endLivenessProbe()
                        .withNewLifecycle()
                        .withNewPreStop()
                        .withHttpGet(asked("/drain"))
                        .endPreStop()
                        .endLifecycle()
                        .build())
                .endSpec()
                .build();
    }

    private static HTTPGetAction asked(String path, HTTPHeader... headers) {
        HTTPGetAction asked = new HTTPGetAction();
        asked.setPath(path);
        asked.setPort(new io.fabric8.kubernetes.api.model.IntOrString(8080));
        asked.setScheme("HTTP");
        asked.setHttpHeaders(List.of(headers));
        return asked;
    }
}
