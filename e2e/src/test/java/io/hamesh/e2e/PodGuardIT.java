package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.Protocol;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The key of a pod stays with its sidecars: their images, their user, their processes and their shells are nobody else's. */
@EndToEnd
class PodGuardIT {
    private static final String OWN_USER = "5995 is the sidecars' own user";
    private static final String SHARED = "could read the pod's key";
    private static final String OTHER_USER = "\"runAsUser\": 1001, \"allowPrivilegeEscalation\": false";

    /** Who is seen, as which user, and what of the sidecars' volume is read by way of its root. */
    private static final String LOOK = """
            const fs = require('fs');
            for (const pid of fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
              const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
              let seen;
              try { seen = fs.readdirSync(`/proc/${pid}/root/run/hamesh`).join() || 'empty'; } catch (e) { seen = e.code; }
              console.log(/Uid:\\t([0-9]+)/.exec(status)[1], /Name:\\t(.*)/.exec(status)[1], seen);
            }""";

    private static Scene scene;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        scene.create(UserOf.sharing(AppPod.server("sharing", scene.service("sharing"), Protocol.HTTP)
                .build()));
        scene.create(new PodBuilder(AppPod.server("guarded", scene.service("guarded"), Protocol.HTTP)
                        .build())
                .editSpec()
                .withAutomountServiceAccountToken(true)
                .endSpec()
                .build());
        scene.awaitReady("sharing");
        scene.awaitReady("guarded");
    }

    @ParameterizedTest
    @ValueSource(strings = {ContainerNames.AGENT, ContainerNames.HAPROXY, "*"})
    void sidecarsImageDoesNotChangeInALivingPod(String container) {
        assertThat(setImage(container).err())
                .contains("spec.initContainers[hamesh-", "].image: a sidecar's image cannot change in a living pod");
    }

    @Test
    void applicationsImageAndTheSidecarsResourcesMayChange() {
        setImage("app").expectSuccess();
        String resources = "{\"name\": \"hamesh-haproxy\", \"resources\": {\"requests\": {\"cpu\": \"20m\"}}}";
        scene.kubectl()
                .run("patch", "pod", "guarded", "--subresource=resize", "--dry-run=server", "-p", spec(resources))
                .expectSuccess();
    }

    static Stream<Arguments> otherContainers() {
        return Stream.of(
                argumentSet("container", UserOf.container(5995L), OWN_USER),
                argumentSet("init container", UserOf.initContainer(5995L), OWN_USER),
                argumentSet("pod", UserOf.pod(5995L), OWN_USER),
                argumentSet(
                        "shared processes and our user",
                        (UnaryOperator<Pod>)
                                pod -> UserOf.sharing(UserOf.container(5995L).apply(pod)),
                        OWN_USER),
                argumentSet(
                        "shared processes and root",
                        (UnaryOperator<Pod>) pod -> UserOf.sharing(UserOf.root(pod)),
                        SHARED),
                argumentSet(
                        "shared processes and any user",
                        (UnaryOperator<Pod>) pod -> UserOf.sharing(UserOf.anyUser(pod)),
                        SHARED));
    }

    @ParameterizedTest
    @MethodSource("otherContainers")
    void containerThatCouldReadTheKeyIsRefused(UnaryOperator<Pod> change, String why) {
        Pod pod =
                AppPod.server("reader", scene.service("reader"), Protocol.HTTP).build();
        assertThat(create(change.apply(pod)).err()).contains("hamesh-other-containers", why);
    }

    @Test
    void containersOfOtherUsersAreAdmitted() {
        Pod pod =
                AppPod.server("reader", scene.service("reader"), Protocol.HTTP).build();
        create(UserOf.sharing(UserOf.container(1001L).apply(pod))).expectSuccess();
        create(UserOf.root(pod)).expectSuccess();
        create(UserOf.container(5995L)
                        .apply(AppPod.caller("outside").outsideTheMesh().build()))
                .expectSuccess();
    }

    static Stream<Arguments> debugContainers() {
        return Stream.of(
                argumentSet(
                        "the agent's processes",
                        "guarded",
                        "\"targetContainerName\": \"hamesh-agent\"",
                        "target another"),
                argumentSet(
                        "HAProxy's processes",
                        "guarded",
                        "\"targetContainerName\": \"hamesh-haproxy\"",
                        "target another"),
                argumentSet("our user", "guarded", "\"securityContext\": {\"runAsUser\": 5995}", OWN_USER),
                argumentSet("root among ours", "sharing", "\"securityContext\": {\"runAsUser\": 0}", SHARED),
                argumentSet(
                        "a tracer among ours",
                        "sharing",
                        "\"securityContext\": {\"capabilities\": {\"add\": [\"SYS_PTRACE\"]}}",
                        SHARED));
    }

    @ParameterizedTest
    @MethodSource("debugContainers")
    void debugContainerThatCouldReadTheKeyIsRefused(String pod, String settings, String why) {
        assertThat(debug(pod, "reader", settings, "--dry-run=server").err()).contains("hamesh-debug-containers", why);
    }

    @Test
    void debugContainerTakesNeitherTheSidecarsVolumeNorTheirNames() {
        String mount = "\"volumeMounts\": [{\"name\": \"hamesh\", \"mountPath\": \"/k\"}]";
        assertThat(debug("guarded", "reader", mount, "--dry-run=server").err())
                .contains("volumeMounts[hamesh]", "mount another");
        assertThat(debug("guarded", "hamesh-x", "\"stdin\": true", "--dry-run=server")
                        .err())
                .contains("choose another");
    }

    @Test
    void debugContainerBesideTheApplicationIsAdmitted() {
        debug(
                        "guarded",
                        "beside",
                        "\"targetContainerName\": \"app\", \"securityContext\": {\"runAsUser\": 0}",
                        "--dry-run=server")
                .expectSuccess();
    }

    /** It sees the sidecars' processes, as it would not in a pod that does not share them, and is another user. */
    @Test
    void debugContainerCannotReadTheLeaf() {
        String command =
                "\"command\": [\"node\", \"-e\", " + Json.write(LOOK) + "], \"imagePullPolicy\": \"IfNotPresent\"";
        debug("sharing", "stranger", "\"securityContext\": {" + OTHER_USER + "}, " + command)
                .expectSuccess();
        List<String> seen = output("stranger");
        assertThat(seen)
                .filteredOn(line -> line.startsWith("5995 "))
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(line -> line.endsWith(" EACCES"));
        debug(
                        "sharing",
                        "same",
                        "\"securityContext\": {\"runAsUser\": 1000, \"allowPrivilegeEscalation\": false}, " + command)
                .expectSuccess();
        assertThat(output("same"))
                .as("the application's processes have the same user, and no such folder")
                .anyMatch(line -> line.startsWith("1000 ") && line.endsWith(" ENOENT"))
                .filteredOn(line -> line.startsWith("5995 "))
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(line -> line.endsWith(" EACCES"));
    }

    @Test
    void shellInASidecarTakesARightOfItsOwn() {
        scene.kubectl()
                .run("create", "rolebinding", "developer", "--clusterrole=edit", "--user=developer")
                .expectSuccess();
        for (String container : List.of(ContainerNames.AGENT, ContainerNames.HAPROXY)) {
            assertThat(as("developer", "exec", "guarded", "-c", container, "--", "true")
                            .err())
                    .contains("hamesh-exec", "the verb exec on sidecars.hamesh.io");
            assertThat(as("developer", "attach", "guarded", "-c", container).err())
                    .contains("hamesh-exec");
        }
        Eventually.that("the developer to be known", () -> as("developer", "exec", "guarded", "-c", "app", "--", "true")
                .expectSuccess());
        scene.kubectl()
                .run("exec", "guarded", "-c", ContainerNames.HAPROXY, "--", "true")
                .expectSuccess();
    }

    @Test
    void sidecarsCarryNoToken() {
        Pod pod = scene.pod("guarded");
        assertThat(mounts(pod.getSpec().getContainers())).anyMatch(path -> path.contains("serviceaccount"));
        assertThat(mounts(pod.getSpec().getInitContainers())).containsOnly(ContainerNames.VOLUME_PATH);
    }

    private static Kubectl.Result setImage(String container) {
        return scene.kubectl()
                .run("set", "image", "pod/guarded", container + "=" + TestImages.REDIS, "--dry-run=server");
    }

    private static Kubectl.Result create(Pod pod) {
        return scene.kubectl().runWith(Serialization.asYaml(pod), "create", "--dry-run=server", "-f", "-");
    }

    private static Kubectl.Result as(String user, String... arguments) {
        return scene.kubectl()
                .run(Stream.concat(Stream.of("--as=" + user), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private static Kubectl.Result debug(String pod, String name, String settings, String... options) {
        String patch = "{\"spec\": {\"ephemeralContainers\": [{\"name\": \"%s\", \"image\": \"%s\", %s}]}}"
                .formatted(name, TestImages.NODE, settings);
        String[] arguments = {"patch", "pod", pod, "--subresource=ephemeralcontainers", "--type=strategic", "-p", patch
        };
        return scene.kubectl()
                .run(Stream.concat(Stream.of(arguments), Stream.of(options)).toArray(String[]::new));
    }

    private static String spec(String initContainer) {
        return "{\"spec\": {\"initContainers\": [" + initContainer + "]}}";
    }

    /** What a debug container of the pod that shares its processes has said when it has ended. */
    private static List<String> output(String container) {
        Eventually.that("debug container " + container + " to end", Scene.POD_START, () -> assertThat(
                        scene.pod("sharing").getStatus().getEphemeralContainerStatuses())
                .anyMatch(status ->
                        status.getName().equals(container) && status.getState().getTerminated() != null));
        return scene.kubectl()
                .run("logs", "sharing", "-c", container)
                .expectSuccess()
                .lines()
                .toList();
    }

    private static List<String> mounts(List<Container> containers) {
        return containers.stream()
                .flatMap(container -> container.getVolumeMounts().stream())
                .map(VolumeMount::getMountPath)
                .toList();
    }
}
