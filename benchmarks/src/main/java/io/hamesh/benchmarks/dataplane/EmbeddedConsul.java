package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.testbed.Platform;
import java.util.Map;

/**
 * What the benchmark writes in HAmesh's Consul: who may call, and the {@link Impostor} as the endpoint of
 * {@link Lab#BETRAYED}.
 */
record EmbeddedConsul(ConsulApi api) implements AutoCloseable {
    private static final String NODE = "hamesh-benchmark";

    static EmbeddedConsul of(Platform platform) {
        String address = platform.kubectl(
                        "get",
                        "service",
                        "hamesh-consul",
                        "-n",
                        Platform.SYSTEM_NAMESPACE,
                        "-o",
                        "jsonpath={.spec.clusterIP}")
                .strip();
        return new EmbeddedConsul(ConsulApi.at("http://" + address + ":8500"));
    }

    void prepare(Pods pods) {
        for (Protocol protocol : Protocol.values()) {
            Intentions.allow(api, Lab.CALLER, protocol.id());
        }
        String ip = pods.of(Protocol.HTTP).ip();
        Map<String, Object> proxy = Map.of(
                "ID",
                Lab.BETRAYED,
                "Service",
                Lab.BETRAYED,
                "Kind",
                "connect-proxy",
                "Address",
                ip,
                "Port",
                Impostor.PORT,
                "Proxy",
                Map.of("DestinationServiceName", Lab.BETRAYED));
        Map<String, Object> check = Map.of(
                "Node",
                NODE,
                "CheckID",
                Lab.BETRAYED,
                "Name",
                "benchmark",
                "ServiceID",
                Lab.BETRAYED,
                "Status",
                "passing");
        api.put("/v1/catalog/register", Map.of("Node", NODE, "Address", ip, "Service", proxy, "Check", check));
    }

    @Override
    public void close() {
        api.put("/v1/catalog/deregister", Map.of("Node", NODE));
        for (Protocol protocol : Protocol.values()) {
            api.delete("/v1/config/" + Intentions.KIND + "/" + protocol.id());
        }
    }
}
