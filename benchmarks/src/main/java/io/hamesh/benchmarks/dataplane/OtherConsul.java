package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Lab.Pods;
import io.hamesh.testbed.host.Wait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Consul for the candidates that need an agent of their own or its xDS. It lives in the caller's pod, where all
 * candidates' proxies reach it.
 */
record OtherConsul(ConsulApi api, String program, Pod pod) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    static final int HTTP = 8500;
    static final int XDS = 8502;

    /** The caller's own port, where nobody listens. */
    private static final int NOBODY = 9000;

    /** @param memory a folder on no disk: Consul's data has the CA's private key */
    static OtherConsul start(Pods pods, Path program, Background background, Path memory) {
        Pod pod = pods.caller();
        background.start(
                "consul",
                pod.enter(List.of(
                        program.toString(),
                        "agent",
                        "-server",
                        "-bootstrap-expect=1",
                        "-node=benchmark",
                        "-bind=" + pod.ip(),
                        "-client=0.0.0.0",
                        "-log-level=warn",
                        "-data-dir=" + memory.resolve("consul"),
                        "-hcl=disable_update_check = true connect { enabled = true } performance { raft_multiplier = 1 } ports { grpc = "
                                + XDS + " grpc_tls = -1 dns = -1 serf_wan = -1 http = " + HTTP + " }")));
        OtherConsul consul = new OtherConsul(ConsulApi.at("http://" + pod.ip() + ":" + HTTP), program.toString(), pod);
        Wait.until("the other candidates' Consul to lead", PATIENCE, consul.api()::hasLeader);
        return consul;
    }

    String address(int port) {
        return pod.ip() + ":" + port;
    }

    /** A candidate's services with their sidecars, its caller, and who may call. */
    void register(Slot slot, Pods pods) {
        Map<String, Integer> upstreams = new LinkedHashMap<>();
        for (Protocol protocol : Protocol.values()) {
            String service = slot.service(protocol);
            register(service, pods.of(protocol), protocol.appPort(), slot.inbound(), Map.of());
            Intentions.allow(api, slot.caller(), service);
            upstreams.put(service, slot.upstream(protocol));
        }
        register(slot.betrayed(), pods.of(Protocol.HTTP), Protocol.HTTP.appPort(), Impostor.PORT, Map.of());
        upstreams.put(slot.betrayed(), slot.betrayedUpstream());
        register(slot.caller(), pods.caller(), NOBODY, slot.inbound(), upstreams);
    }

    /**
     * A service with its sidecar.
     *
     * @param at the pod whose network both use
     * @param upstreams of its sidecar: port on loopback by destination
     */
    private void register(String service, Pod at, int appPort, int sidecarPort, Map<String, Integer> upstreams) {
        api.put(
                "/v1/agent/service/register",
                Map.of(
                        "ID",
                        service,
                        "Name",
                        service,
                        "Address",
                        at.ip(),
                        "Port",
                        appPort,
                        "Connect",
                        Map.of(
                                "SidecarService",
                                Map.of(
                                        "Port",
                                        sidecarPort,
                                        "Checks",
                                        List.of(),
                                        "Proxy",
                                        Map.of(
                                                "LocalServiceAddress",
                                                "127.0.0.1",
                                                "LocalServicePort",
                                                appPort,
                                                "Upstreams",
                                                upstreams.entrySet().stream()
                                                        .map(
                                                                upstream -> Map.of(
                                                                        "DestinationName",
                                                                        upstream.getKey(),
                                                                        "LocalBindPort",
                                                                        upstream.getValue()))
                                                        .toList())))));
    }

    void setProtocol(String service, Protocol protocol) {
        api.put("/v1/config", Map.of("Kind", "service-defaults", "Name", service, "Protocol", protocol.id()));
    }
}
