package io.hamesh.operator.injection;

import static io.hamesh.operator.injection.PodFixtures.injectable;
import static io.hamesh.operator.injection.PodFixtures.injected;
import static io.hamesh.operator.injection.PodFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SidecarResourcesTest {
    private static final Quantity HALF = new Quantity("500m");

    @Test
    void sidecarsOfAnUnlimitedPodHaveNoCpuLimit() {
        assertThat(agent(injectable()).getLimits()).containsOnlyKeys("memory");
        assertThat(haproxy(injectable()).getLimits()).containsOnlyKeys("memory");
    }

    @Test
    void sidecarsHaveACpuLimitWhereAllOthersHave() {
        PodBuilder limited = with(injectable(), Map.of("cpu", HALF), Map.of());
        assertThat(agent(limited).getLimits()).containsEntry("cpu", HALF);
        assertThat(haproxy(limited).getLimits()).containsEntry("cpu", HALF);
        limited.editSpec().addNewContainer().withName("free").endContainer().endSpec();
        assertThat(agent(limited).getLimits()).doesNotContainKey("cpu");
    }

    @Test
    void limitThatFollowsIsNeverBelowTheRequest() {
        PodBuilder limited = with(injectable("proxy-cpu", "2"), Map.of("cpu", HALF), Map.of());
        assertThat(haproxy(limited).getLimits()).containsEntry("cpu", new Quantity("2"));
    }

    @Test
    void annotationsDecide() {
        PodBuilder pod = injectable(
                "proxy-cpu",
                "50m",
                "proxy-cpu-limit",
                "1",
                "proxy-memory",
                "64Mi",
                "agent-cpu",
                "20m",
                "agent-cpu-limit",
                "300m",
                "agent-memory",
                "96Mi");
        assertThat(haproxy(pod)).isEqualTo(resources("50m", "64Mi", "1", "64Mi"));
        assertThat(agent(pod)).isEqualTo(resources("20m", "96Mi", "300m", "96Mi"));
        assertThat(haproxy(injectable("proxy-cpu-limit", "5m")).getRequests()).containsEntry("cpu", new Quantity("5m"));
    }

    @Test
    void guaranteedPodStaysGuaranteed() {
        Map<String, Quantity> both = Map.of("cpu", HALF, "memory", new Quantity("1Gi"));
        PodBuilder guaranteed = with(injectable("proxy-cpu", "300m"), both, both);
        assertThat(haproxy(guaranteed)).isEqualTo(resources("300m", "128Mi", "300m", "128Mi"));
        assertThat(agent(guaranteed)).isEqualTo(resources("200m", "128Mi", "200m", "128Mi"));
        PodBuilder burstable = with(injectable(), both, Map.of("cpu", new Quantity("100m")));
        assertThat(agent(burstable)).isEqualTo(resources("10m", "64Mi", "500m", "128Mi"));
    }

    @Test
    void requestAboveItsLimitIsRefused() {
        assertThat(problems(injectable("agent-cpu", "2", "agent-cpu-limit", "1").build()))
                .containsExactly("metadata.annotations[hamesh.io/agent-cpu-limit]: \"1\": is below the request of 2:"
                        + " raise it");
    }

    @Test
    void whatOthersGaveTheSidecarsIsKeptAndNoForgery() {
        Pod once = injected(injectable().build());
        Pod defaulted = new PodBuilder(once)
                .editSpec()
                .editMatchingInitContainer(c -> c.getName().equals("hamesh-agent"))
                .editResources()
                .addToLimits("cpu", new Quantity("1"))
                .endResources()
                .endInitContainer()
                .endSpec()
                .build();
        assertThat(injected(defaulted)).isEqualTo(defaulted);
    }

    private static PodBuilder with(PodBuilder pod, Map<String, Quantity> limits, Map<String, Quantity> requests) {
        return pod.editSpec()
                .editFirstContainer()
                .withResources(new ResourceRequirementsBuilder()
                        .withLimits(limits)
                        .withRequests(requests)
                        .build())
                .endContainer()
                .endSpec();
    }

    private static ResourceRequirements resources(String cpu, String memory, String cpuLimit, String memoryLimit) {
        return new ResourceRequirementsBuilder()
                .withRequests(Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory)))
                .withLimits(Map.of("cpu", new Quantity(cpuLimit), "memory", new Quantity(memoryLimit)))
                .build();
    }

    private static ResourceRequirements agent(PodBuilder pod) {
        return sidecar(pod, 0).getResources();
    }

    private static ResourceRequirements haproxy(PodBuilder pod) {
        return sidecar(pod, 1).getResources();
    }

    private static Container sidecar(PodBuilder pod, int index) {
        return injected(pod.build()).getSpec().getInitContainers().get(index);
    }
}
