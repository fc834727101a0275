package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.MESH;
import static io.hamesh.operator.injection.PodFixtures.SECRET;
import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodDNSConfigBuilder;
import io.hamesh.model.ClusterDns;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent of a pod with a DNS of its own is told where the cluster's is. */
class PodDnsTest {
    @ParameterizedTest
    @ValueSource(strings = {"None", "Default"})
    void agentIsToldWhereThePodChoseAnotherDns(String policy) {
        Pod pod = injected(with(injectable(), policy));
        assertThat(told(pod)).contains("10.96.0.10 hamesh-system.svc.cluster.local,svc.cluster.local,cluster.local");
        assertThat(injected(pod)).as("called again").isEqualTo(pod);
        assertThat(pod.getSpec().getDnsPolicy()).as("the application's stays").isEqualTo(policy);
    }

    @Test
    void agentIsToldWhereThePodAddsToItsDns() {
        Pod pod = injected(with(injectable(), "ClusterFirst")
                .edit()
                .editSpec()
                .withDnsConfig(
                        new PodDNSConfigBuilder().addNewOption("ndots", "1").build())
                .endSpec()
                .build());
        assertThat(told(pod)).isPresent();
    }

    @Test
    void podWithTheClustersDnsNeedsNothing() {
        assertThat(told(injected(injectable().build()))).isEmpty();
        assertThat(told(injected(with(injectable(), "ClusterFirst")))).isEmpty();
        assertThat(told(injected(with(injectable(), "ClusterFirstWithHostNet"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://hamesh-consul.hamesh-system:8500, false",
        "http://consul:8500, false",
        "http://consul.hamesh-system.svc.cluster.local:8500, false",
        "http://consul.example.com:8500, true",
        "http://192.0.2.7:8500, true",
        "http://[2001:db8::7]:8500, true"
    })
    void podThatCouldNeverFindConsulIsRefused(String consul, boolean admitted) {
        MeshSettings unknown = new MeshSettings(
                MESH.cluster(),
                consul,
                MESH.agentImage(),
                MESH.haproxyImage(),
                "IfNotPresent",
                3,
                false,
                Optional.empty());
        InjectionResult result = new PodInjector(unknown, () -> SECRET).inject(with(injectable(), "None"));
        if (admitted) {
            assertThat(result).isInstanceOf(InjectionResult.Injected.class);
        } else {
            assertThat(result.toString()).contains("spec.dnsConfig", consul, "by the cluster's DNS alone");
        }
    }

    private static Pod with(PodBuilder pod, String policy) {
        return pod.editSpec()
                .withDnsPolicy(policy)
                .withDnsConfig(
                        policy.equals("None")
                                ? new PodDNSConfigBuilder()
                                        .withNameservers(List.of("192.0.2.53"))
                                        .build()
                                : null)
                .endSpec()
                .build();
    }

    private static Optional<String> told(Pod pod) {
        return pod.getSpec().getInitContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(ClusterDns.VARIABLE))
                .map(EnvVar::getValue)
                .findFirst();
    }
}
