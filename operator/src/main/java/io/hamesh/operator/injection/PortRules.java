package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.hamesh.model.Annotations;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether all ports of a pod, its own and the sidecar's, can be open at the same time. */
final class PortRules {
    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final String UNPRIVILEGED_SYSCTL = "net.ipv4.ip_unprivileged_port_start";
    private static final String RESERVED = "the sidecar's own (" + MeshPorts.STATS + ", " + MeshPorts.INBOUND + "-"
            + (MeshPorts.INBOUND + 99) + " and " + MeshPorts.OPS + "-" + (MeshPorts.OPS + 100) + "): choose another";

    private final Pod pod;
    private final ServiceSettings service;
    private final Problems problems;

    /** Who has which port, in words. */
    private final Map<Integer, String> taken = new HashMap<>();

    private final Set<Integer> opened = new HashSet<>();

    PortRules(Pod pod, ServiceSettings service, Problems problems) {
        this.pod = pod;
        this.service = service;
        this.problems = problems;
    }

    void check() {
        containers();
        application();
        unsecured();
        for (Upstream upstream : service.upstreams()) {
            opens(Annotations.UPSTREAMS, upstream.toString(), upstream.localPort());
            taken.putIfAbsent(upstream.localPort(), "upstream " + upstream);
        }
        service.openPorts().forEach(this::meantToBeOpen);
    }

    /** The application's alone, and none that the mesh guards. */
    private void meantToBeOpen(int port) {
        String value = Pods.annotations(pod).getOrDefault(Annotations.OPEN_PORTS, "");
        if (MeshPorts.isReserved(port)) {
            problems.annotation(Annotations.OPEN_PORTS, value, "port " + port + " is " + RESERVED);
        } else if (service.port().stream().anyMatch(own -> own == port)) {
            problems.annotation(
                    Annotations.OPEN_PORTS,
                    value,
                    "port " + port + " is " + Annotations.PORT
                            + ", and open it would go round the mesh: leave it out, or set "
                            + Annotations.UNSECURED_PORT + " for callers without identity");
        } else if (opened.contains(port)) {
            problems.annotation(
                    Annotations.OPEN_PORTS,
                    value,
                    "port " + port + " is taken by " + taken.get(port) + ", which the sidecar opens: leave it out");
        }
    }

    private void containers() {
        for (Container container : Pods.ownContainers(pod)) {
            for (ContainerPort port : container.getPorts()) {
                int number = port.getContainerPort();
                taken.putIfAbsent(number, "container " + container.getName());
                if (MeshPorts.isReserved(number)) {
                    problems.add(
                            "spec.containers[" + container.getName() + "].ports[" + number + "]",
                            "port " + number + " is " + RESERVED);
                }
            }
        }
    }

    private void application() {
        service.port().ifPresent(port -> {
            if (MeshPorts.isReserved(port)) {
                problems.annotation(
                        Annotations.PORT,
                        Pods.annotations(pod).getOrDefault(Annotations.PORT, ""),
                        "port " + port + " is " + RESERVED);
            }
            taken.put(port, Annotations.PORT);
        });
    }

    private void unsecured() {
        service.unsecuredPort().ifPresent(port -> {
            if (!Pods.annotations(pod).containsKey(Annotations.PORT)) {
                problems.annotation(
                        Annotations.UNSECURED_PORT,
                        Integer.toString(port),
                        "leads to the application's port, and none is set: set " + Annotations.PORT);
            }
            opens(Annotations.UNSECURED_PORT, Integer.toString(port), port);
            taken.putIfAbsent(port, Annotations.UNSECURED_PORT);
        });
    }

    /** A port that the sidecar is to open for that annotation. */
    private void opens(String annotation, String value, int port) {
        opened.add(port);
        if (MeshPorts.isReserved(port)) {
            problems.annotation(annotation, value, "port " + port + " is " + RESERVED);
        } else if (taken.containsKey(port)) {
            problems.annotation(
                    annotation, value, "port " + port + " is taken by " + taken.get(port) + ": choose another");
        }
        if (port < firstUnprivileged()) {
            problems.annotation(
                    annotation,
                    value,
                    "port " + port + " is below " + firstUnprivileged()
                            + ", where only root may listen: choose one from "
                            + FIRST_UNPRIVILEGED + ", or set " + UNPRIVILEGED_SYSCTL + " to \"" + port
                            + "\" in spec.securityContext.sysctls");
        }
    }

    private int firstUnprivileged() {
        PodSecurityContext context = pod.getSpec().getSecurityContext();
        if (context == null) {
            return FIRST_UNPRIVILEGED;
        }
        return context.getSysctls().stream()
                .filter(sysctl -> UNPRIVILEGED_SYSCTL.equals(sysctl.getName()))
                .filter(sysctl -> sysctl.getValue().matches("[0-9]{1,5}"))
                .mapToInt(sysctl -> Integer.parseInt(sysctl.getValue()))
                .findFirst()
                .orElse(FIRST_UNPRIVILEGED);
    }
}
