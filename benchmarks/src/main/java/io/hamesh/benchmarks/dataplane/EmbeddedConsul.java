package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.testbed.Platform;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the benchmark writes in HAmesh's Consul: who may call; the {@link Impostor} as the endpoint of
 * {@link Lab#IMPERSONATED}; and an endpoint of {@link Lab#CHANGING} that comes and goes.
 */
record EmbeddedConsul(ConsulApi api) implements AutoCloseable {
    private static final String NODE = "hamesh-benchmark";
    private static final int SIDECAR = 20000;

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
        destinations().forEach(destination -> Intentions.allow(api, Lab.CALLER, destination));
        api.put(new ProxyInstance(NODE, Lab.IMPERSONATED, pods.of(Protocol.HTTP).ip(), Impostor.PORT).registered());
        api.put(changing(pods).registered());
    }

    /** The endpoint that comes and goes. It is there from the beginning. */
    static ProxyInstance changing(Pods pods) {
        return new ProxyInstance(NODE, Lab.CHANGING, pods.passing().ip(), SIDECAR);
    }

    /** Takes all of it away, also what a run left behind that was killed. */
    @Override
    public void close() {
        api.put("/v1/catalog/deregister", Map.of("Node", NODE));
        destinations().forEach(destination -> api.delete("/v1/config/" + Intentions.KIND + "/" + destination));
    }

    private static List<String> destinations() {
        return Stream.concat(Arrays.stream(Protocol.values()).map(Protocol::id), Stream.of(Lab.CHANGING))
                .toList();
    }
}
