package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.INJECTOR;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetActionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What becomes of probes beyond what the golden pods show. */
class InjectedProbesTest {
    private static final String ONLY_INJECTION =
            "asks the sidecar for \"/probe/app/readiness\", and no sidecar's settings tell what that stands for:"
                    + " write the application's own port and path";

    @Test
    void probesStayAsTheyAreWhereTheAnnotationSaysSo() {
        Pod pod = ready(injectable("rewrite-probes", "false"), 8080);
        assertThat(injected(pod).getSpec().getContainers().getFirst().getReadinessProbe())
                .isEqualTo(pod.getSpec().getContainers().getFirst().getReadinessProbe());
        assertThat(settings(injected(pod))).isEmpty();
        assertThat(PodFixtures.problems(injected(pod))).isEmpty();
    }

    @Test
    void containerThatAnotherWebhookAddedLaterGetsItsProbesToo() {
        Pod once = injected(ready(injectable(), 8080));
        Pod more = new PodBuilder(once)
                .editSpec()
                .addToContainers(
                        0,
                        new ContainerBuilder()
                                .withName("late")
                                .withReadinessProbe(asks("/", 9090))
                                .build())
                .endSpec()
                .build();
        assertThat(settings(injected(more)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "hamesh.probe.app.readiness", "http 8080 /healthz",
                        "hamesh.probe.late.readiness", "http 9090 /"));
        assertThat(injected(injected(more))).isEqualTo(injected(more));
    }

    @Test
    void settingsThatNoProbeStandsBehindAreRefused() {
        Pod forged = withSetting(injected(ready(injectable(), 8080)), "hamesh.probe.app.liveness", "tcp 22");
        assertThat(problems(forged)).anySatisfy(problem -> assertThat(problem)
                .startsWith("spec.initContainers[hamesh-agent]: only injection adds it"));
    }

    @Test
    void settingsThatSayAnotherTargetThanTheirProbeOnlyMeanThatTarget() {
        Pod forged = withSetting(
                injected(ready(injectable(), 8080)), "hamesh.probe.app.readiness", "http 22 /secret x-token");
        assertThat(problems(forged)).as("the probe has no such header").anySatisfy(problem -> assertThat(problem)
                .startsWith("spec.initContainers[hamesh-agent]"));
    }

    @Test
    void probeOfTheSidecarWithoutSettingsIsRefused() {
        Pod pod = withReadiness(injectable(), asks("/probe/app/readiness", 20200));
        assertThat(problems(pod)).containsExactly("spec.containers[app].readinessProbe.httpGet: " + ONLY_INJECTION);
        Pod grpc = withReadiness(
                injectable(),
                new ProbeBuilder().withNewGrpc().withPort(20201).endGrpc().build());
        assertThat(problems(grpc))
                .containsExactly("spec.containers[app].readinessProbe.grpc.port: port 20201 is the sidecar's own:"
                        + " write the application's");
    }

    @Test
    void probeOfWhatHaproxyHasOnLoopbackIsRefused() {
        assertThat(problems(ready(injectable("upstreams", "redis:6379"), 6379)))
                .containsExactly("spec.containers[app].readinessProbe.httpGet.port: port 6379 is upstream redis:6379: a"
                        + " probe asks the pod's own application; use exec to ask anything else");
        assertThat(problems(ready(injectable(), 1936))).hasSize(1);
    }

    @Test
    void portThatTheContainerDoesNotNameIsRefused() {
        Pod pod = withReadiness(
                injectable(),
                new ProbeBuilder()
                        .withHttpGet(new HTTPGetActionBuilder()
                                .withPort(new IntOrString("web"))
                                .build())
                        .build());
        assertThat(problems(pod))
                .containsExactly("spec.containers[app].readinessProbe.httpGet.port: \"web\": no port of container app"
                        + " has that name");
    }

    @Test
    void probeOfAnotherHostIsLeftAloneAndNoted() {
        Probe probe = new ProbeBuilder()
                .withNewTcpSocket()
                .withHost("127.0.0.1")
                .withPort(new IntOrString(8080))
                .endTcpSocket()
                .build();
        assertThat(INJECTOR.inject(withReadiness(injectable(), probe)))
                .isInstanceOfSatisfying(InjectionResult.Injected.class, result -> {
                    assertThat(result.notes())
                            .containsExactly("spec.containers[app].readinessProbe.tcpSocket.host: \"127.0.0.1\" is"
                                    + " asked by the node, past the mesh: leave it out to ask the pod");
                    assertThat(result.pod().getSpec().getContainers().getFirst().getReadinessProbe())
                            .isEqualTo(probe);
                });
    }

    @Test
    void headersOfTheConnectionAreNeverPassedOn() {
        Probe probe = new ProbeBuilder(asks("/", 8080))
                .editHttpGet()
                .addNewHttpHeader("Connection", "upgrade")
                .addNewHttpHeader("Upgrade", "websocket")
                .addNewHttpHeader("X-Forwarded-Client-Cert", "forged")
                .addNewHttpHeader("X-B", "b")
                .addNewHttpHeader("x-a", "a")
                .endHttpGet()
                .build();
        assertThat(settings(injected(withReadiness(injectable(), probe)))).containsValue("http 8080 / x-a,x-b");
    }

    @Test
    void moreGrpcProbesThanPortsAreRefused() {
        PodBuilder pod = injectable();
        for (int i = 0; i <= 100; i++) {
            pod.editSpec()
                    .addNewContainer()
                    .withName("c" + i)
                    .withNewLivenessProbe()
                    .withNewGrpc()
                    .withPort(9000)
                    .endGrpc()
                    .endLivenessProbe()
                    .endContainer()
                    .endSpec();
        }
        assertThat(problems(pod.build()))
                .containsExactly("spec.containers[c100].livenessProbe.grpc: expected at most 100 gRPC probes in a pod");
    }

    private static Pod ready(PodBuilder pod, int port) {
        return withReadiness(pod, asks("/healthz", port));
    }

    private static Pod withReadiness(PodBuilder pod, Probe probe) {
        return pod.editSpec()
                .editFirstContainer()
                .withReadinessProbe(probe)
                .endContainer()
                .endSpec()
                .build();
    }

    private static Probe asks(String path, int port) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withPort(new IntOrString(port))
                .endHttpGet()
                .build();
    }

    private static Pod withSetting(Pod pod, String name, String value) {
        PodBuilder changed = new PodBuilder(pod);
        for (String sidecar : new String[] {"hamesh-agent", "hamesh-haproxy"}) {
            changed.editSpec()
                    .editMatchingInitContainer(c -> c.getName().equals(sidecar))
                    .removeMatchingFromEnv(env -> env.getName().equals(name))
                    .addNewEnv()
                    .withName(name)
                    .withValue(value)
                    .endEnv()
                    .endInitContainer()
                    .endSpec();
        }
        return changed.build();
    }

    private static Map<String, String> settings(Pod pod) {
        Container agent = pod.getSpec().getInitContainers().getFirst();
        return agent.getEnv().stream()
                .filter(env -> env.getName().startsWith("hamesh.probe."))
                .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue, (a, b) -> b, TreeMap::new));
    }
}
