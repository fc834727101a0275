package io.hamesh.agent.haproxy.config;

import io.hamesh.model.MeshPorts;
import io.hamesh.model.ProbeTarget.Grpc;
import java.util.Map;

/** The port of one gRPC probe: the kubelet sends no path by which several on one port could be told apart. */
final class GrpcProbeSection implements Section {
    private static final String HEADERS = "content-type|grpc-accept-encoding|grpc-timeout|host|te|user-agent";

    private final Sidecar sidecar;
    private final Grpc probe;
    private final String backend;

    GrpcProbeSection(Sidecar sidecar, Grpc probe, String backend) {
        this.sidecar = sidecar;
        this.probe = probe;
        this.backend = backend;
    }

    /**
     * Only the very message that the kubelet sends is let through, not the whole method: no other service's health is
     * anybody's business.
     */
    @Override
    public void write(Lines out) {
        String frontend = "grpc_probe_" + probe.listen();
        out.section("frontend " + frontend + " from local");
        sidecar.bindAll(out, sidecar.layout().opsPort() + probe.listen() - MeshPorts.OPS, " proto h2");
        ConnectionBounds.kubelets(out, frontend);
        Kubelet.boundCalls(out);
        out.lines("""
                http-request wait-for-body time 1s
                http-request return status 404 if !{ method POST } || !{ pathq -m str /grpc.health.v1.Health/Check } || !{ req.body,hex -m str <message> }
                http-request set-timeout client 24h
                """, Map.of("message", HealthCheckRequest.hex(probe.service())));
        ProbeHeaders.only(out, HEADERS);
        ProbeHeaders.noteHost(out, sidecar);
        ProbeHeaders.host(out, probe.port());
        out.line("default_backend " + backend);
    }
}
