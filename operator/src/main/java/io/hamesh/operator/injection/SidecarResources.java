package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.hamesh.model.Annotations;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the sidecars ask of the node. They follow the application: beside containers that all have a CPU limit, as a
 * ResourceQuota or a LimitRange may want it, they have one too; and a Guaranteed pod stays Guaranteed.
 */
record SidecarResources(ResourceRequirements agent, ResourceRequirements haproxy) {
    private static final String CPU = "cpu";
    private static final String MEMORY = "memory";

    /** A JVM starts at that much CPU within seconds, and HAProxy serves thousands of requests in one. */
    private static final Quantity FOLLOWED_LIMIT = new Quantity("500m");

    private static final Quantity GUARANTEED_CPU = new Quantity("200m");

    /** The least that carries a hundred requests a second on a full node (docs/evidence/2026-11-30-full-node.md). */
    private static final Quantity PROXY_CPU_REQUEST = new Quantity("50m");

    /**
     * With more of it, changes are followed sooner on a busy node (docs/pods.md, CPU on a full node). But each pod would
     * take that much of a node, where the agent needs hardly any.
     */
    private static final Quantity AGENT_CPU_REQUEST = new Quantity("10m");

    private static final Defaults AGENT = new Defaults(
            Annotations.AGENT_CPU,
            Annotations.AGENT_CPU_LIMIT,
            Annotations.AGENT_MEMORY,
            AGENT_CPU_REQUEST,
            new Quantity("64Mi"));
    private static final Defaults HAPROXY = new Defaults(
            Annotations.PROXY_CPU,
            Annotations.PROXY_CPU_LIMIT,
            Annotations.PROXY_MEMORY,
            PROXY_CPU_REQUEST,
            new Quantity("32Mi"));

    /** One sidecar's annotations, and the memory without which it does not start. */
    private record Defaults(String cpu, String cpuLimit, String memory, Quantity cpuRequest, Quantity memoryRequest) {
        static final Quantity MEMORY_LIMIT = new Quantity("128Mi");
    }

    /** How the application's own containers are limited. */
    private enum Limited {
        NOT,
        IN_CPU,
        GUARANTEED
    }

    static SidecarResources of(Pod pod, Problems problems) {
        QuantityAnnotations annotations = new QuantityAnnotations(Pods.annotations(pod), problems);
        Limited limited = limited(pod);
        return new SidecarResources(
                one(AGENT, limited, annotations, Defaults.MEMORY_LIMIT),
                one(HAPROXY, limited, annotations, ProxyAnnotations.memoryLimit(Pods.annotations(pod))));
    }

    private static ResourceRequirements one(
            Defaults defaults, Limited limited, QuantityAnnotations annotations, Quantity usualLimit) {
        Optional<Quantity> memory = annotations.atLeast(defaults.memory(), defaults.memoryRequest());
        Quantity memoryLimit = memory.orElse(usualLimit);
        Optional<Quantity> cpu = annotations.read(defaults.cpu(), "100m");
        Optional<Quantity> cpuLimit = annotations
                .read(defaults.cpuLimit(), "500m")
                .or(() -> switch (limited) {
                    case NOT -> Optional.empty();
                    case IN_CPU -> Optional.of(FOLLOWED_LIMIT).map(limit -> larger(limit, cpu));
                    case GUARANTEED -> Optional.of(cpu.orElse(GUARANTEED_CPU));
                });
        boolean guaranteed = limited == Limited.GUARANTEED;
        Quantity cpuRequest =
                cpu.orElse(guaranteed ? cpuLimit.orElseThrow() : smaller(defaults.cpuRequest(), cpuLimit));
        annotations.checkOrder(defaults.cpuLimit(), cpuRequest, cpuLimit);
        ResourceRequirementsBuilder resources = new ResourceRequirementsBuilder()
                .addToRequests(CPU, cpuRequest)
                .addToRequests(MEMORY, guaranteed ? memoryLimit : memory.orElse(defaults.memoryRequest()))
                .addToLimits(MEMORY, memoryLimit);
        cpuLimit.ifPresent(limit -> resources.addToLimits(CPU, limit));
        return resources.build();
    }

    private static Quantity larger(Quantity one, Optional<Quantity> other) {
        return other.filter(o -> amount(o).compareTo(amount(one)) > 0).orElse(one);
    }

    private static Quantity smaller(Quantity one, Optional<Quantity> other) {
        return other.filter(o -> amount(o).compareTo(amount(one)) < 0).orElse(one);
    }

    private static Limited limited(Pod pod) {
        List<Container> own = Pods.ownContainers(pod);
        if (own.stream().allMatch(container -> isFixed(container, CPU) && isFixed(container, MEMORY))) {
            return Limited.GUARANTEED;
        }
        return own.stream().allMatch(container -> limits(container).containsKey(CPU)) ? Limited.IN_CPU : Limited.NOT;
    }

    /** A request that is not written is what the limit is. */
    private static boolean isFixed(Container container, String resource) {
        Quantity limit = limits(container).get(resource);
        return limit != null
                && amount(requests(container).getOrDefault(resource, limit)).compareTo(amount(limit)) == 0;
    }

    private static java.math.BigDecimal amount(Quantity quantity) {
        return Quantity.getAmountInBytes(quantity);
    }

    private static Map<String, Quantity> limits(Container container) {
        return Optional.ofNullable(container.getResources())
                .map(ResourceRequirements::getLimits)
                .orElse(Map.of());
    }

    private static Map<String, Quantity> requests(Container container) {
        return Optional.ofNullable(container.getResources())
                .map(ResourceRequirements::getRequests)
                .orElse(Map.of());
    }
}
