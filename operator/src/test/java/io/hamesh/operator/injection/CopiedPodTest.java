package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.INJECTOR;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.PodOrigin;
import org.junit.jupiter.api.Test;

/** Copies as {@code kubectl debug --copy-to} makes them: another name, no owner, no generateName. */
class CopiedPodTest {
    private static final Pod NAMED = injected(injectable("port", "http").build());
    private static final Pod OWNED = injected(injectable("port", "http")
            .editMetadata()
            .withName(null)
            .withGenerateName("www-6f9c8-")
            .withOwnerReferences(new OwnerReferenceBuilder()
                    .withKind("StatefulSet")
                    .withName("shop")
                    .withController(true)
                    .build())
            .endMetadata()
            .build());

    @Test
    void copyKeepsSayingOfWhichPodItIs() {
        assertThat(origin(NAMED)).isEqualTo("www");
        assertThat(origin(injected(copy(NAMED, "www-copy")))).isEqualTo("www");
        assertThat(origin(OWNED)).isEqualTo("www-6f9c8-*");
        assertThat(origin(injected(copy(OWNED, "www-6f9c8-x7k2p")))).isEqualTo("www-6f9c8-*");
    }

    @Test
    void whoeverMakesTheCopyIsTold() {
        assertThat(notes(copy(NAMED, "www-copy")))
                .containsExactly("metadata.name: a copy of pod www: it may call its upstreams, and takes no traffic of"
                        + " the mesh");
        assertThat(notes(NAMED)).isEmpty();
        assertThat(notes(OWNED)).isEmpty();
    }

    @Test
    void copyIsTheServiceThatItsOwnerNamed() {
        assertThat(setting(OWNED, BootstrapSettings.SERVICE)).isEqualTo("shop");
        assertThat(setting(injected(copy(OWNED, "debug")), BootstrapSettings.SERVICE))
                .isEqualTo("shop");
    }

    /** The profiles general and restricted take the annotations, and leave the sidecars. */
    @Test
    void copyWithoutAnnotationsIsToldTheFlagThatHelps() {
        Pod copy = new PodBuilder(copy(NAMED, "www-copy"))
                .editMetadata()
                .withAnnotations(null)
                .endMetadata()
                .build();
        assertThat(problems(copy))
                .hasSize(2)
                .allMatch(problem -> problem.contains("--profile=general --keep-init-containers=false"));
        Pod helped =
                new PodBuilder(copy).editSpec().withInitContainers().endSpec().build();
        assertThat(INJECTOR.inject(helped)).isInstanceOf(InjectionResult.NotInjected.class);
    }

    /** Of an earlier release, at the second call. */
    @Test
    void sidecarsThatSayNothingStaySo() {
        Pod old = new PodBuilder(NAMED)
                .editSpec()
                .editMatchingInitContainer(container -> container.getName().equals("hamesh-agent"))
                .removeMatchingFromEnv(variable -> PodOrigin.VARIABLE.equals(variable.getName()))
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(injected(old)).isEqualTo(old);
    }

    private static Pod copy(Pod pod, String name) {
        return new PodBuilder(pod)
                .withNewMetadata()
                .withName(name)
                .withAnnotations(pod.getMetadata().getAnnotations())
                .endMetadata()
                .build();
    }

    private static String origin(Pod pod) {
        return setting(pod, PodOrigin.VARIABLE);
    }

    private static String setting(Pod pod, String name) {
        return pod.getSpec().getInitContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst()
                .orElse("none");
    }

    private static java.util.List<String> notes(Pod pod) {
        return INJECTOR.inject(pod) instanceof InjectionResult.Injected result ? result.notes() : java.util.List.of();
    }
}
