package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import io.hamesh.model.AppProbe;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ProbePath;
import io.hamesh.model.ProbeTarget;
import io.hamesh.model.ProbeTarget.Grpc;
import io.hamesh.model.ProbeTarget.Http;
import io.hamesh.model.ProbeTarget.Tcp;
import io.hamesh.model.ServiceSettings;
import io.hamesh.operator.injection.ContainerProbes.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Finds the probes and hooks that ask the application itself, and what each asks. */
final class ProbeReader {
    private static final Map<Kind, String> FIELDS = Map.of(
            Kind.STARTUP, "startupProbe",
            Kind.READINESS, "readinessProbe",
            Kind.LIVENESS, "livenessProbe",
            Kind.POST_START, "lifecycle.postStart",
            Kind.PRE_STOP, "lifecycle.preStop");

    /** What belongs to the connection and not to the request, and what the mesh alone says. */
    private static final Set<String> NEVER_PASSED = Set.of(
            "connection",
            "content-length",
            "expect",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-forwarded-client-cert",
            "x-hamesh-probe");

    private final ServiceSettings service;
    private final Problems problems;
    private final List<AppProbe> found = new ArrayList<>();
    private int nextGrpcPort = MeshPorts.GRPC_PROBES;

    private ProbeReader(ServiceSettings service, Problems problems) {
        this.service = service;
        this.problems = problems;
    }

    /** All that HAProxy is to answer in the application's stead. */
    static List<AppProbe> read(Pod original, ServiceSettings service, Problems problems) {
        ProbeReader reader = new ProbeReader(service, problems);
        ContainerProbes.change(original, (container, kind, action) -> {
            reader.target(container, kind, action)
                    .ifPresent(target -> reader.found.add(new AppProbe(container.getName(), kind, target)));
            return action;
        });
        return reader.found;
    }

    private Optional<ProbeTarget> target(Container container, Kind kind, Action action) {
        String field = "spec.containers[" + container.getName() + "]." + FIELDS.get(kind);
        HTTPGetAction http = action.http();
        TCPSocketAction tcp = action.tcp();
        GRPCAction grpc = action.grpc();
        if (http != null) {
            return http(container, field + ".httpGet", http);
        }
        if (tcp != null) {
            return asksThePod(field + ".tcpSocket", tcp.getHost())
                    ? port(container, field + ".tcpSocket.port", tcp.getPort()).map(Tcp::new)
                    : Optional.empty();
        }
        return grpc == null ? Optional.empty() : grpc(field + ".grpc", grpc);
    }

    private Optional<ProbeTarget> http(Container container, String field, HTTPGetAction http) {
        String path = http.getPath() == null ? "/" : http.getPath();
        if (path.startsWith(AppProbe.PATHS) && new IntOrString(MeshPorts.OPS).equals(http.getPort())) {
            problems.add(
                    field,
                    "asks the sidecar for \"" + path + "\", and no sidecar's settings tell what that stands for:"
                            + " write the application's own port and path");
            return Optional.empty();
        }
        if (!asksThePod(field, http.getHost())) {
            return Optional.empty();
        }
        boolean tls = "HTTPS".equalsIgnoreCase(http.getScheme());
        return port(container, field + ".port", http.getPort())
                .map(port -> new Http(tls, port, ProbePath.encoded(path), headers(http)));
    }

    private static List<String> headers(HTTPGetAction http) {
        return http.getHttpHeaders().stream()
                .map(HTTPHeader::getName)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !NEVER_PASSED.contains(name))
                .distinct()
                .sorted()
                .toList();
    }

    private Optional<ProbeTarget> grpc(String field, GRPCAction grpc) {
        int port = grpc.getPort();
        if (MeshPorts.isGrpcProbe(port)) {
            problems.add(field + ".port", "port " + port + " is the sidecar's own: write the application's");
            return Optional.empty();
        }
        if (!isTheApplications(field + ".port", port)) {
            return Optional.empty();
        }
        if (!MeshPorts.isGrpcProbe(nextGrpcPort)) {
            problems.add(field, "expected at most " + MeshPorts.MAX_GRPC_PROBES + " gRPC probes in a pod");
            return Optional.empty();
        }
        String asked = grpc.getService() == null ? "" : grpc.getService();
        return Optional.of(new Grpc(port, nextGrpcPort++, asked));
    }

    /** Another host is none of ours, though {@code 127.0.0.1} is often written in the belief that it is the pod's. */
    private boolean asksThePod(String field, String host) {
        if (host == null || host.isEmpty()) {
            return true;
        }
        problems.noteField(
                field + ".host", "\"" + host + "\" is asked by the node, past the mesh: leave it out to ask the pod");
        return false;
    }

    private Optional<Integer> port(Container container, String field, IntOrString port) {
        OptionalInt number = number(container, port);
        if (number.isEmpty()) {
            problems.add(
                    field,
                    "\"" + port.getStrVal() + "\": no port of container " + container.getName() + " has that name");
            return Optional.empty();
        }
        return isTheApplications(field, number.getAsInt()) ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    /** As the kubelet reads it: by name among the container's own ports, or else as a number. */
    static OptionalInt number(Container container, IntOrString port) {
        if (port.getIntVal() != null) {
            return OptionalInt.of(port.getIntVal());
        }
        String name = String.valueOf(port.getStrVal());
        OptionalInt named = container.getPorts().stream()
                .filter(candidate -> name.equals(candidate.getName()))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst();
        return named.isEmpty() && name.matches("[0-9]{1,5}") ? OptionalInt.of(Integer.parseInt(name)) : named;
    }

    /** HAProxy's ports answer the kubelet already; what it has on loopback only is not the application. */
    private boolean isTheApplications(String field, int port) {
        Optional<String> owner = service.upstreamOn(port).map(upstream -> "upstream " + upstream);
        if (owner.isPresent() || port == MeshPorts.STATS) {
            problems.add(
                    field,
                    "port " + port + " is " + owner.orElse("HAProxy's stats page")
                            + ": a probe asks the pod's own application; use exec to ask anything else");
            return false;
        }
        boolean ours = MeshPorts.isReserved(port) || service.unsecuredPort().equals(OptionalInt.of(port));
        return !ours && MeshPorts.isValid(port);
    }
}
