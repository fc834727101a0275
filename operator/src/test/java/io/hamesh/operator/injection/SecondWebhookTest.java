package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Another webhook adds to every container, as cloud providers' identity webhooks do. */
class SecondWebhookTest {
    private static final String FORGED =
            "spec.initContainers[hamesh-agent]: only injection adds it, and this is not what injection adds: remove it here"
                    + " (kubectl debug --copy-to: --profile=general --keep-init-containers=false)";

    @Test
    void sidecarsAreWrittenAnewAndTheApplicationKeepsWhatItGot() {
        Pod given = injectable("port", "http").build();
        Pod ours = injected(given);
        Pod after = injected(byTheOther(ours));
        assertThat(after.getSpec().getInitContainers()).isEqualTo(ours.getSpec().getInitContainers());
        assertThat(after.getSpec().getContainers())
                .isEqualTo(byTheOther(ours).getSpec().getContainers());
        assertThat(after.getSpec().getVolumes()).extracting("name").contains("cloud-token", "hamesh");
        assertThat(after)
                .as("the same as where the other came first")
                .isEqualTo(injected(byTheOther(injected(byTheOther(given)))));
    }

    @Test
    void resourcesOfARecommenderAreKept() {
        Pod ours = injected(injectable().build());
        Pod recommended = changed(ours, agent -> agent.editOrNewResources()
                .addToRequests("memory", new Quantity("96Mi"))
                .endResources());
        assertThat(injected(byTheOther(recommended)).getSpec().getInitContainers())
                .isEqualTo(recommended.getSpec().getInitContainers());
    }

    @Test
    void sidecarsOfAnotherReleaseAreWrittenAnew() {
        Pod ours = injected(injectable("port", "http").build());
        PodBuilder earlier = new PodBuilder(ours);
        for (String sidecar : List.of("hamesh-agent", "hamesh-haproxy")) {
            earlier.editSpec()
                    .editMatchingInitContainer(container -> container.getName().equals(sidecar))
                    .withImage("hamesh/" + sidecar.substring("hamesh-".length()) + ":0.9")
                    .removeMatchingFromEnv(variable -> variable.getName().startsWith("hamesh."))
                    .addNewEnv()
                    .withName("HAMESH_SERVICE")
                    .withValue("www")
                    .endEnv()
                    .withNewResources()
                    .endResources()
                    .endInitContainer()
                    .endSpec();
        }
        assertThat(injected(earlier.build()).getSpec().getInitContainers())
                .allSatisfy(sidecar ->
                        assertThat(sidecar.getEnv()).extracting("name").contains("hamesh.service", "hamesh.port"))
                .extracting(Container::getImage, Container::getResources)
                .containsExactlyElementsOf(ours.getSpec().getInitContainers().stream()
                        .map(sidecar -> tuple(sidecar.getImage(), sidecar.getResources()))
                        .toList());
    }

    static Stream<Arguments> forgeries() {
        return Stream.of(
                forgery("image", agent -> agent.withImage("evil")),
                forgery("a command with our image of another release", agent -> agent.withImage("hamesh/agent:0.9")
                        .withCommand("sh")),
                forgery("command", agent -> agent.withCommand("sh")),
                forgery("arguments", agent -> agent.withArgs("--train")),
                forgery(
                        "user",
                        agent -> agent.editSecurityContext().withRunAsUser(0L).endSecurityContext()),
                forgery("a setting more", agent -> agent.addNewEnv()
                        .withName("hamesh.unsecured-port")
                        .withValue("8081")
                        .endEnv()),
                forgery("a former name more", agent -> agent.addNewEnv()
                        .withName("HAMESH_UNSECURED_PORT")
                        .withValue("8081")
                        .endEnv()),
                forgery("a setting twice", agent -> agent.addNewEnv()
                        .withName("hamesh.service")
                        .withValue("bank")
                        .endEnv()),
                forgery("our volume once more", agent -> agent.addNewVolumeMount()
                        .withName("hamesh")
                        .withMountPath("/copy")
                        .endVolumeMount()),
                forgery("a hook", agent -> agent.withNewLifecycle()
                        .withNewPostStart()
                        .withNewExec()
                        .withCommand("sh")
                        .endExec()
                        .endPostStart()
                        .endLifecycle()));
    }

    private static Arguments forgery(String title, UnaryOperator<ContainerBuilder> change) {
        return argumentSet(title, change);
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void forgedSidecarIsRefusedAlsoBesideAdditions(UnaryOperator<ContainerBuilder> change) {
        Pod ours = byTheOther(injected(injectable("service", "www").build()));
        assertThat(problems(ours)).as("the control").isEmpty();
        assertThat(problems(changed(ours, change))).contains(FORGED);
    }

    private static Pod changed(Pod pod, UnaryOperator<ContainerBuilder> change) {
        return new PodBuilder(pod)
                .editSpec()
                .withInitContainers(pod.getSpec().getInitContainers().stream()
                        .map(container -> container.getName().equals("hamesh-agent")
                                ? change.apply(new ContainerBuilder(container)).build()
                                : container)
                        .toList())
                .endSpec()
                .build();
    }

    private static Pod byTheOther(Pod pod) {
        PodBuilder changed = new PodBuilder(pod)
                .editSpec()
                .withContainers(added(pod.getSpec().getContainers()))
                .withInitContainers(added(pod.getSpec().getInitContainers()))
                .endSpec();
        return pod.getSpec().getVolumes().stream()
                        .anyMatch(volume -> volume.getName().equals("cloud-token"))
                ? changed.build()
                : changed.editSpec()
                        .addNewVolume()
                        .withName("cloud-token")
                        .withNewProjected()
                        .addNewSource()
                        .withNewServiceAccountToken("cloud", 3600L, "token")
                        .endSource()
                        .endProjected()
                        .endVolume()
                        .endSpec()
                        .build();
    }

    private static List<Container> added(List<Container> containers) {
        return containers.stream().map(SecondWebhookTest::added).toList();
    }

    /** Once, before what the container had or after it. */
    private static Container added(Container container) {
        if (container.getEnv().stream().anyMatch(variable -> variable.getName().equals("CLOUD_ROLE"))) {
            return container;
        }
        return new ContainerBuilder(container)
                .addNewEnv()
                .withName("CLOUD_TOKEN_FILE")
                .withValue("/var/run/secrets/cloud/token")
                .endEnv()
                .addToEnv(0, new EnvVar("CLOUD_ROLE", "shop", null))
                .addNewEnvFrom()
                .withNewConfigMapRef("cloud", true)
                .endEnvFrom()
                .addNewVolumeMount()
                .withName("cloud-token")
                .withMountPath("/var/run/secrets/cloud")
                .withReadOnly(true)
                .endVolumeMount()
                .build();
    }
}
