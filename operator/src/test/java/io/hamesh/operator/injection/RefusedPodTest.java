package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.pod;
import static io.hamesh.operator.injection.PodFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.Annotations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedPodTest {
    private static final String RESERVED = "is the sidecar's own (1936, 20000-20099 and 20200-20300): choose another";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "service | My_App | \"My_App\": expected lower-case letters, digits and '-', starting and ending with a letter or digit, at most 63 characters, not ending in -sidecar-proxy",
                "service | web-sidecar-proxy | \"web-sidecar-proxy\": expected lower-case letters, digits and '-', starting and ending with a letter or digit, at most 63 characters, not ending in -sidecar-proxy",
                "port | web | \"web\": expected a port, 1 to 65535, or the name of one: the pod's containers name http",
                "port | 0 | \"0\": expected a port, 1 to 65535",
                "port | 70000 | \"70000\": expected a port, 1 to 65535",
                "port | 20000 | \"20000\": port 20000 " + RESERVED,
                "protocol | HTTP | \"HTTP\": expected one of tcp, http, http2, grpc",
                "upstreams | redis | \"redis\": expected NAME:PORT, for example redis:6379",
                "upstreams | redis:6379, | \"\": expected NAME:PORT, for example redis:6379",
                "upstreams | redis:99999 | upstream port 99999: expected 1 to 65535",
                "upstreams | Redis:6379 | upstream name \"Redis\": expected lower-case letters, digits and '-', starting and ending with a letter or digit, at most 63 characters, not ending in -sidecar-proxy",
                "upstreams | redis:6379, cache:6379 | \"cache:6379\": port 6379 is taken by upstream redis:6379: choose another",
                "upstreams | redis:8080 | \"redis:8080\": port 8080 is taken by container app: choose another",
                "upstreams | redis:20200 | \"redis:20200\": port 20200 " + RESERVED,
                "upstreams | redis:1936 | \"redis:1936\": port 1936 " + RESERVED,
                "upstreams | redis:80 | \"redis:80\": port 80 is below 1024, where only root may listen: choose one from 1024, or set net.ipv4.ip_unprivileged_port_start to \"80\" in spec.securityContext.sysctls",
                "open-ports | x | \"x\": expected a port, 1 to 65535, or the name of one: the pod's containers name http",
                "open-ports | 9090,,9091 | \"\": expected a port, 1 to 65535, or the name of one: the pod's containers name http",
                "open-ports | 70000 | \"70000\": expected a port, 1 to 65535",
                "open-ports | 9090, 9090 | \"9090, 9090\": port 9090 is there twice: keep one of them",
                "open-ports | 20200 | \"20200\": port 20200 " + RESERVED,
                "open-port | 9090 | no such annotation; did you mean hamesh.io/open-ports?",
                "upgrades | a b | \"a b\": expected NAME or NAME/VERSION of letters, digits, '.', '_', '+' and '-', for example tcp",
                "upgrades | tcp,, | \"\": expected NAME or NAME/VERSION of letters, digits, '.', '_', '+' and '-', for example tcp",
                "upgrades | tcp, TCP | \"tcp\" is there twice: keep one of them",
                "upgrades | h2c | \"h2c\": HTTP/2 needs no upgrade: leave it out, and set hamesh.io/protocol to \"http2\" where the application speaks it alone",
                "unsecured-port | x | \"x\": expected a port, 1 to 65535",
                "unsecured-port | 8081 | \"8081\": leads to the application's port, and none is set: set hamesh.io/port",
                "tags | v1,,v2 | \"v1,,v2\": expected TAG,TAG without an empty one, for example v2,blue",
                "require-loopback | yes | \"yes\": expected \"true\" or \"false\"",
                "pre-stop-sleep | 3s | \"3s\": expected seconds, 0 (no pause) to 29 (spec.terminationGracePeriodSeconds less 1): lower it, or raise the grace period",
                "pre-stop-sleep | 30 | \"30\": expected seconds, 0 (no pause) to 29 (spec.terminationGracePeriodSeconds less 1): lower it, or raise the grace period",
                "proxy-cpu | much | \"much\": expected a quantity above 0, for example 100m",
                "proxy-memory | 128 | \"128\": the sidecar needs at least 32Mi to start",
                "agent-memory | 32Mi | \"32Mi\": the sidecar needs at least 64Mi to start",
                "agent-cpu | none | \"none\": expected a quantity above 0, for example 100m",
                "proxy-cpu-limit | 0 | \"0\": expected a quantity above 0, for example 500m",
                "rewrite-probes | no | \"no\": expected \"true\" or \"false\"",
                "meta-managed-by | me | key \"managed-by\" is written by the mesh itself: choose another",
                "meta-a.b | c | key \"a.b\": expected letters, digits, '-' and '_', at most 128",
                "upstream | redis:6379 | no such annotation; did you mean hamesh.io/upstreams?",
                "Protocol | http | no such annotation; did you mean hamesh.io/protocol?",
            })
    void wrongAnnotationIsRefusedWithItsFix(String name, String value, String message) {
        assertThat(problems(injectable(name, value).build()))
                .containsExactly("metadata.annotations[hamesh.io/" + name + "]: " + message);
    }

    @Test
    void unknownAnnotationNearToNoneListsThoseThatExist() {
        assertThat(problems(injectable("no-idea-what", "x").build()))
                .containsExactly("metadata.annotations[hamesh.io/no-idea-what]: no such annotation; known are "
                        + String.join(", ", Annotations.ON_PODS) + ", hamesh.io/meta-KEY");
    }

    @Test
    void injectMustBeTrueOrFalse() {
        assertThat(problems(pod("inject", "yes").build()))
                .containsExactly("metadata.annotations[hamesh.io/inject]: \"yes\": expected \"true\" or \"false\"");
    }

    @Test
    void otherAnnotationsNeedInject() {
        assertThat(problems(pod("upstreams", "redis:6379").build()))
                .containsExactly("metadata.annotations[hamesh.io/inject]: not set beside hamesh.io/upstreams: write"
                        + " \"true\" to join the mesh, \"false\" to stay out");
    }

    @Test
    void misspeltInjectIsRefusedOnce() {
        assertThat(problems(pod("injct", "true", "port", "8080").build()))
                .containsExactly(
                        "metadata.annotations[hamesh.io/injct]: no such annotation; did you mean hamesh.io/inject?");
    }

    @Test
    void annotationWrittenAsLabelIsRefused() {
        var pod = pod().editMetadata()
                .addToLabels("hamesh.io/inject", "true")
                .endMetadata()
                .build();
        assertThat(problems(pod))
                .containsExactly("metadata.labels[hamesh.io/inject]: is an annotation: move it to metadata.annotations"
                        + " (labels under hamesh.io/ are the mesh's own)");
    }

    @Test
    void everyProblemIsToldAtOnce() {
        assertThat(problems(injectable("protocol", "udp", "upstreams", "redis, api:9000, db:9000", "port", "web")
                        .build()))
                .hasSize(4);
    }

    @Test
    void unsecuredPortClashesLikeAnyOther() {
        assertThat(problems(injectable("port", "9090", "unsecured-port", "9090").build()))
                .containsExactly("metadata.annotations[hamesh.io/unsecured-port]: \"9090\": port 9090 is taken by"
                        + " hamesh.io/port: choose another");
        assertThat(problems(injectable("port", "9090", "unsecured-port", "9091", "upstreams", "api:9091")
                        .build()))
                .containsExactly("metadata.annotations[hamesh.io/upstreams]: \"api:9091\": port 9091 is taken by"
                        + " hamesh.io/unsecured-port: choose another");
    }

    @Test
    void portThatTheMeshGuardsOrTheSidecarOpensIsNotMeantToBeOpen() {
        assertThat(problems(
                        injectable("port", "8080", "open-ports", "9090, 8080").build()))
                .containsExactly(
                        "metadata.annotations[hamesh.io/open-ports]: \"9090, 8080\": port 8080 is hamesh.io/port,"
                                + " and open it would go round the mesh: leave it out, or set hamesh.io/unsecured-port for callers"
                                + " without identity");
        assertThat(problems(injectable("port", "8080", "unsecured-port", "9090", "open-ports", "9090")
                        .build()))
                .containsExactly("metadata.annotations[hamesh.io/open-ports]: \"9090\": port 9090 is taken by"
                        + " hamesh.io/unsecured-port, which the sidecar opens: leave it out");
        assertThat(problems(injectable("upstreams", "api:9091", "open-ports", "9091")
                        .build()))
                .containsExactly("metadata.annotations[hamesh.io/open-ports]: \"9091\": port 9091 is taken by"
                        + " upstream api:9091, which the sidecar opens: leave it out");
    }

    @Test
    void containerOnOurPortIsRefused() {
        var pod = injectable()
                .editSpec()
                .addNewContainer()
                .withName("db")
                .addNewPort()
                .withContainerPort(20001)
                .endPort()
                .endContainer()
                .endSpec()
                .build();
        assertThat(problems(pod)).containsExactly("spec.containers[db].ports[20001]: port 20001 " + RESERVED);
    }

    @Test
    void sysctlOpensLowPorts() {
        assertThat(problems(withSysctl("80"))).isEmpty();
        assertThat(problems(withSysctl("81"))).hasSize(1);
    }

    private static io.fabric8.kubernetes.api.model.Pod withSysctl(String value) {
        return injectable("upstreams", "api:80")
                .editSpec()
                .withNewSecurityContext()
                .addNewSysctl("net.ipv4.ip_unprivileged_port_start", value)
                .endSecurityContext()
                .endSpec()
                .build();
    }

    @Test
    void hostNetworkIsRefused() {
        assertThat(problems(
                        injectable().editSpec().withHostNetwork(true).endSpec().build()))
                .containsExactly("spec.hostNetwork: true: the sidecar's ports would be the node's; remove it, or set"
                        + " hamesh.io/inject to \"false\"");
    }

    @Test
    void staticPodIsRefused() {
        Pod mirror = injectable()
                .editMetadata()
                .addToAnnotations("kubernetes.io/config.mirror", "0123")
                .endMetadata()
                .build();
        assertThat(problems(mirror))
                .containsExactly(
                        "metadata.annotations[kubernetes.io/config.mirror]: the kubelet starts a static pod past"
                                + " injection: use a DaemonSet, or set hamesh.io/inject to \"false\"");
    }

    @Test
    void longMetaValueIsRefused() {
        assertThat(problems(injectable("meta-note", "x".repeat(513)).build()))
                .containsExactly("metadata.annotations[hamesh.io/meta-note]: value of 513 characters: Consul takes at"
                        + " most 512");
        assertThat(problems(injectable("meta-note", "x".repeat(512)).build())).isEmpty();
    }

    @Test
    void derivedNameThatIsNoServiceNameAsksForOne() {
        var pod = injectable().editMetadata().withName("www.shop").endMetadata().build();
        assertThat(problems(pod))
                .singleElement()
                .asString()
                .startsWith("metadata.annotations[hamesh.io/service]: not set, and the pod's own name \"www.shop\"");
    }

    @Test
    void handWrittenSidecarIsRefused() {
        for (PodBuilder pod : new PodBuilder[] {pod(), injectable()}) {
            assertThat(problems(pod.editSpec()
                            .addNewInitContainer()
                            .withName("hamesh-agent")
                            .withImage("evil")
                            .endInitContainer()
                            .endSpec()
                            .build()))
                    .containsExactly("spec.initContainers[hamesh-agent]: only injection adds it, and this is not what"
                            + " injection adds: remove it here (kubectl debug --copy-to: --profile=general"
                            + " --keep-init-containers=false)");
        }
    }

    @Test
    void injectedSidecarChangedByHandIsRefused() {
        var forged = new PodBuilder(injected(injectable("service", "www").build()))
                .editSpec()
                .editMatchingInitContainer(c -> c.getName().equals("hamesh-agent"))
                .editMatchingEnv(e -> e.getName().equals("hamesh.service"))
                .withValue("bank")
                .endEnv()
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(problems(forged))
                .contains("spec.initContainers[hamesh-agent]: only injection adds it, and this is not what injection"
                        + " adds: remove it here (kubectl debug --copy-to: --profile=general"
                        + " --keep-init-containers=false)");
    }

    @Test
    void ourLabelWithoutOurSidecarsIsRefused() {
        var pod = pod().editMetadata()
                .addToLabels(Annotations.INJECTED_LABEL, "true")
                .endMetadata()
                .build();
        assertThat(problems(pod))
                .containsExactly("metadata.labels[hamesh.io/injected]: only injection sets it: remove it, and set the"
                        + " annotation hamesh.io/inject instead");
    }

    @Test
    void applicationThatMountsTheSidecarsVolumeIsRefused() {
        var pod = injectable()
                .editSpec()
                .editFirstContainer()
                .withName("app")
                .addNewVolumeMount()
                .withName("hamesh")
                .withMountPath("/keys")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .build();
        assertThat(problems(pod))
                .containsExactly("spec.containers[app].volumeMounts[hamesh]: the sidecars' own volume, which holds the"
                        + " pod's key: choose another name");
    }

    @Test
    void volumeOfOurNameIsRefused() {
        var pod = injectable()
                .editSpec()
                .addNewVolume()
                .withName("hamesh")
                .withNewHostPath("/etc", "")
                .endVolume()
                .endSpec()
                .build();
        assertThat(problems(pod)).containsExactly("spec.volumes[hamesh]: the sidecars' own name: choose another");
    }

    @Test
    void reservedContainerNameIsRefused() {
        var pod = injectable()
                .editSpec()
                .addNewContainer()
                .withName("hamesh-tools")
                .endContainer()
                .endSpec()
                .build();
        assertThat(problems(pod))
                .containsExactly("spec.containers[hamesh-tools]: names that start with hamesh- are the mesh's own:"
                        + " choose another");
    }
}
