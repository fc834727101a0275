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
    static OtherConsul start(Pods pods, Path program, StartedProcesses processes, Path memory) {
        Pod pod = pods.caller();
        processes.start(
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
            int app = protocol.appPort();
            register(service, service, pods.of(protocol), app, sidecar(slot.inbound(), app, Map.of()));
            Intentions.allow(api, slot.caller(), service);
            upstreams.put(service, slot.upstream(protocol));
        }
        int impostorApp = Protocol.HTTP.appPort();
        register(
                slot.impersonated(),
                slot.impersonated(),
                pods.of(Protocol.HTTP),
                impostorApp,
                sidecar(Impostor.PORT, impostorApp, Map.of()));
        upstreams.put(slot.impersonated(), slot.impersonatedUpstream());
        upstreams.put(slot.changing(), slot.changingUpstream());
        register(slot.caller(), slot.caller(), pods.caller(), NOBODY, sidecar(slot.inbound(), NOBODY, upstreams));
    }

    /** The service of two pods, whose instances have the pods' names. */
    void registerChanging(Slot slot, Pods pods) {
        int app = Protocol.HTTP.appPort();
        Pod staying = pods.staying();
        register(staying.name() + slot.suffix(), slot.changing(), staying, app, sidecar(slot.inbound(), app, Map.of()));
        Pod passing = pods.passing();
        register(passing.name() + slot.suffix(), slot.changing(), passing, app, hiddenSidecar(slot.inbound(), app));
        api.put(changing(slot, pods).registered());
        Intentions.allow(api, slot.caller(), slot.changing());
    }

    /** The endpoint that comes and goes. It is there from the beginning. */
    static ProxyInstance changing(Slot slot, Pods pods) {
        return new ProxyInstance("elsewhere", slot.changing(), pods.passing().ip(), slot.inbound());
    }

    /** @param at the pod whose network a service and its sidecar use */
    private void register(String id, String service, Pod at, int appPort, Map<String, Object> sidecar) {
        api.put(
                "/v1/agent/service/register",
                Map.of(
                        "ID",
                        id,
                        "Name",
                        service,
                        "Address",
                        at.ip(),
                        "Port",
                        appPort,
                        "Connect",
                        Map.of("SidecarService", sidecar)));
    }

    /** @param upstreams port on loopback by destination */
    private static Map<String, Object> sidecar(int port, int appPort, Map<String, Integer> upstreams) {
        List<Map<String, Object>> all = upstreams.entrySet().stream()
                .map(upstream -> Map.<String, Object>of(
                        "DestinationName", upstream.getKey(), "LocalBindPort", upstream.getValue()))
                .toList();
        return Map.of("Port", port, "Checks", List.of(), "Proxy", proxy(appPort, "Upstreams", all));
    }

    /** One that nobody calls as it is registered, neither healthy nor where it listens: a {@link ProxyInstance} may be it. */
    private static Map<String, Object> hiddenSidecar(int port, int appPort) {
        return Map.of(
                "Port",
                port + 1,
                "Checks",
                List.of(Map.of("Name", "never told", "TTL", "1h")),
                "Proxy",
                proxy(appPort, "Config", Map.of("bind_port", port)));
    }

    private static Map<String, Object> proxy(int appPort, String more, Object value) {
        return Map.of("LocalServiceAddress", "127.0.0.1", "LocalServicePort", appPort, more, value);
    }

    void setProtocol(String service, Protocol protocol) {
        api.put("/v1/config", Map.of("Kind", "service-defaults", "Name", service, "Protocol", protocol.id()));
    }
}
