package io.hamesh.benchmarks.dataplane;

import java.util.Map;

/**
 * A passing sidecar in Consul's catalogue, on a node that is nobody's: it has no mark of HAmesh's operator, which leaves it
 * alone, and no agent that would put it right.
 *
 * @param service that the sidecar is in front of
 * @param port for calls of the mesh
 */
record ProxyInstance(String node, String service, String ip, int port) {
    Write registered() {
        String name = service + "-sidecar-proxy";
        return new Write(
                "/v1/catalog/register",
                Map.of(
                        "Node",
                        node,
                        "Address",
                        ip,
                        "Service",
                        Map.of(
                                "ID",
                                id(),
                                "Service",
                                name,
                                "Kind",
                                "connect-proxy",
                                "Address",
                                ip,
                                "Port",
                                port,
                                "Proxy",
                                Map.of("DestinationServiceName", service)),
                        "Check",
                        Map.of(
                                "Node",
                                node,
                                "CheckID",
                                id(),
                                "Name",
                                "benchmark",
                                "ServiceID",
                                id(),
                                "Status",
                                "passing")));
    }

    Write deregistered() {
        return new Write("/v1/catalog/deregister", Map.of("Node", node, "ServiceID", id()));
    }

    private String id() {
        return "benchmark-" + service;
    }
}
