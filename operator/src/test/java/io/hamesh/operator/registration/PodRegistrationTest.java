package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.FormerNames;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import io.hamesh.operator.consul.CatalogService.ProxyOf;
import io.hamesh.operator.openports.OpenPorts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PodRegistrationTest {
    @Test
    void podIsServiceAndProxyOnItsSyntheticNode() {
        PodRegistration registration = of(RegisteredPods.ready().build());
        assertThat(registration.node().name()).isEqualTo("hamesh-prod-n1");
        assertThat(registration.node().address()).isEqualTo("192.0.2.1");
        assertThat(registration.node().meta())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "managed-by", "hamesh",
                        "hamesh-cluster", "prod",
                        "synthetic-node", "true",
                        "k8s-node", "n1"));
        assertThat(registration.service().id()).isEqualTo("prod_shop_www-1_01234567_www");
        assertThat(registration.service().port()).isEqualTo(8080);
        assertThat(registration.service().tags()).containsExactly("v2");
        assertThat(registration.proxy().id()).isEqualTo("prod_shop_www-1_01234567_www_sidecar-proxy");
        assertThat(registration.proxy().name()).isEqualTo("www-sidecar-proxy");
        assertThat(registration.proxy().address()).isEqualTo("10.1.0.7");
        assertThat(registration.proxy().port()).isEqualTo(20000);
        assertThat(registration.proxy().proxy())
                .isEqualTo(Optional.of(new ProxyOf("www", "prod_shop_www-1_01234567_www", 8080)));
        assertThat(registration.isPassing()).isTrue();
    }

    @Test
    void metaCarriesEachPartWhole() {
        assertThat(of(RegisteredPods.ready().build()).service().meta())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "managed-by", "hamesh",
                        "hamesh-cluster", "prod",
                        "k8s-namespace", "shop",
                        "pod-name", "www-1",
                        "pod-uid", "0123456789abcdef",
                        "k8s-service-account", "www",
                        "upstreams", "redis:6379",
                        "team", "shop"));
    }

    @Test
    void annotationsAndLabelsOfTheLivingPodChangeNothing() {
        Pod disguised = RegisteredPods.ready()
                .editMetadata()
                .addToAnnotations("hamesh.io/service", "bank")
                .addToAnnotations("hamesh.io/port", "1")
                .endMetadata()
                .build();
        assertThat(of(disguised)).isEqualTo(of(RegisteredPods.ready().build()));
    }

    @Test
    void podOfAnEarlierReleaseIsReadByTheFormerNames() {
        Pod today = RegisteredPods.ready().build();
        Pod earlier = new PodBuilder(today)
                .editSpec()
                .editMatchingInitContainer(c -> c.getName().equals("hamesh-agent"))
                .withEnv(former(PodRegistration.environment(today)))
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(of(earlier)).isEqualTo(of(today));
    }

    private static List<EnvVar> former(Map<String, String> settings) {
        return FormerNames.added(settings).entrySet().stream()
                .filter(variable -> !settings.containsKey(variable.getKey()))
                .map(variable -> new EnvVar(variable.getKey(), variable.getValue(), null))
                .toList();
    }

    @Test
    void longUpstreamsAreSplitIntoValuesThatConsulTakes() {
        List<Upstream> many = IntStream.range(0, 100)
                .mapToObj(i -> new Upstream("service-" + i, 3000 + i))
                .toList();
        Map<String, String> meta = UpstreamsMeta.of(many);
        assertThat(meta.values()).allSatisfy(value -> assertThat(value.length()).isLessThanOrEqualTo(512));
        assertThat(meta).containsKeys("upstreams", "upstreams-2", "upstreams-3", "upstreams-4");
        assertThat(String.join(",", meta.get("upstreams"), meta.get("upstreams-2")))
                .startsWith("service-0:3000,service-1:3001");
    }

    @Test
    void clientOnlyEndedGoingAndUnplacedPodsAreNotInTheCatalog() {
        ServiceSettings client = ServiceSettings.named("job").build();
        assertThat(PodRegistration.of(RegisteredPods.pod("job", "uid", client).build(), true, OpenPorts.NONE))
                .isEmpty();
        assertThat(PodRegistration.of(
                        RegisteredPods.ready()
                                .editStatus()
                                .withPhase("Succeeded")
                                .endStatus()
                                .build(),
                        true,
                        OpenPorts.NONE))
                .isEmpty();
        assertThat(PodRegistration.of(
                        RegisteredPods.ready()
                                .editStatus()
                                .withPodIP("")
                                .endStatus()
                                .build(),
                        true,
                        OpenPorts.NONE))
                .isEmpty();
        assertThat(PodRegistration.of(going(), true, OpenPorts.NONE)).isEmpty();
    }

    static Pod going() {
        return RegisteredPods.ready()
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
    }

    @Test
    void deadAgentDoesNotTakeThePodOut() {
        assertThat(of(RegisteredPods.withReadiness("hamesh-agent", false)).isPassing())
                .isTrue();
    }

    @Test
    void everyOtherContainerCounts() {
        assertThat(of(RegisteredPods.withReadiness("hamesh-haproxy", false)).isPassing())
                .isFalse();
        PodRegistration registration = of(RegisteredPods.withReadiness("app", false));
        assertThat(registration.isPassing()).isFalse();
        assertThat(registration.serviceCheck().output()).isEqualTo("container app is not ready");
        assertThat(registration.proxyCheck().status())
                .isEqualTo(registration.serviceCheck().status());
    }

    @Test
    void readinessGateCounts() {
        PodBuilder gated = RegisteredPods.ready()
                .editSpec()
                .addNewReadinessGate("example.com/warm")
                .endSpec();
        assertThat(of(gated.build()).serviceCheck().output()).isEqualTo("readiness gate example.com/warm is not true");
        assertThat(of(gated.editStatus()
                                .addNewCondition()
                                .withType("example.com/warm")
                                .withStatus("True")
                                .endCondition()
                                .endStatus()
                                .build())
                        .isPassing())
                .isTrue();
    }

    @Test
    void deadNodeFailsItsPods() {
        assertThat(PodRegistration.of(RegisteredPods.ready().build(), false, OpenPorts.NONE)
                        .orElseThrow()
                        .serviceCheck()
                        .output())
                .isEqualTo("node n1 is not ready");
    }

    @Test
    void openPortIsBlamedWhereItKeepsThePodUnready() {
        OpenPorts open = new OpenPorts(new TreeSet<>(List.of(8080)));
        ServiceSettings strict = ServiceSettings.named("www")
                .port(OptionalInt.of(8080))
                .requireLoopback(true)
                .build();
        Pod unready = RegisteredPods.withReadiness(strict, "hamesh-haproxy", false);
        assertThat(output(unready, open)).isEqualTo("hamesh.io/require-loopback: port 8080 is open beyond loopback");
        assertThat(output(unready, OpenPorts.NONE)).isEqualTo("container hamesh-haproxy is not ready");
        assertThat(output(RegisteredPods.withReadiness(strict, "app", false), open))
                .isEqualTo("container app is not ready");
        assertThat(output(RegisteredPods.withReadiness("hamesh-haproxy", false), open))
                .as("a pod that may listen anywhere")
                .isEqualTo("container hamesh-haproxy is not ready");
    }

    private static String output(Pod pod, OpenPorts open) {
        return PodRegistration.of(pod, true, open).orElseThrow().serviceCheck().output();
    }

    private static PodRegistration of(Pod pod) {
        return PodRegistration.of(pod, true, OpenPorts.NONE).orElseThrow();
    }
}
