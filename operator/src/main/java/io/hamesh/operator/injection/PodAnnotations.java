package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Annotations;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceName;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.UpgradeToken;
import io.hamesh.model.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads one pod's annotations: each value by itself; how they go together is {@link PortRules}' matter. */
final class PodAnnotations {
    private final Pod pod;
    private final Map<String, String> annotations;
    private final Problems problems;

    PodAnnotations(Pod pod, Problems problems) {
        this.pod = pod;
        this.annotations = Pods.annotations(pod);
        this.problems = problems;
    }

    /** Whether the pod asks for the mesh; a pod that says something else about the mesh has to say this too. */
    boolean inject() {
        String value = annotations.get(Annotations.INJECT);
        if (value == null) {
            missingInject();
            return false;
        }
        if (!value.equals("true") && !value.equals("false")) {
            problems.annotation(Annotations.INJECT, value, "expected \"true\" or \"false\"");
        }
        return value.equals("true");
    }

    private void missingInject() {
        List<String> others = AnnotationNames.ours(annotations).keySet().stream()
                .filter(AnnotationNames::isKnown)
                .toList();
        boolean misspelt = AnnotationNames.ours(annotations).keySet().stream()
                .filter(name -> !AnnotationNames.isKnown(name))
                .anyMatch(name -> AnnotationNames.nearest(name).equals(Optional.of(Annotations.INJECT)));
        if (!others.isEmpty() && !misspelt) {
            problems.add(
                    Problems.annotationField(Annotations.INJECT),
                    "not set beside " + String.join(", ", others)
                            + ": write \"true\" to join the mesh, \"false\" to stay out");
        }
    }

    /** Everything else; where a value is wrong, a problem is noted and its default stands in. */
    PodSettings read(MeshSettings mesh) {
        ServiceSettings service = ServiceSettings.named(service())
                .port(port())
                .protocol(protocol())
                .unsecuredPort(unsecuredPort())
                .upstreams(upstreams())
                .requireLoopback(requireLoopback())
                .tags(tags())
                .meta(ServiceMeta.read(annotations, problems))
                .openPorts(openPorts())
                .upgrades(upgrades())
                .proxy(new ProxyAnnotations(annotations, problems).read().withPostQuantum(mesh.postQuantum()))
                .build();
        return new PodSettings(
                service,
                preStopSleep(mesh.preStopSleepSeconds()),
                rewriteProbes(),
                SidecarResources.of(pod, problems),
                Origins.injectedAs(pod));
    }

    private String service() {
        String value = annotations.get(Annotations.SERVICE);
        if (value != null && !ServiceName.isValid(value)) {
            problems.annotation(Annotations.SERVICE, value, "expected " + ServiceName.RULE);
        }
        if (value != null) {
            return value;
        }
        String name = Origins.serviceOfCopy(pod).orElseGet(() -> DefaultServiceName.of(pod));
        if (!ServiceName.isValid(name)) {
            problems.add(
                    Problems.annotationField(Annotations.SERVICE),
                    "not set, and the pod's own name \"" + name + "\" cannot serve: set it to " + ServiceName.RULE);
        }
        return name;
    }

    private OptionalInt port() {
        String value = annotations.get(Annotations.PORT);
        return value == null ? OptionalInt.empty() : numberOrName(Annotations.PORT, value);
    }

    private SortedSet<Integer> openPorts() {
        String value = annotations.getOrDefault(Annotations.OPEN_PORTS, "");
        SortedSet<Integer> ports = new TreeSet<>();
        for (String entry : value.isBlank() ? new String[0] : value.split(",", -1)) {
            numberOrName(Annotations.OPEN_PORTS, entry.strip()).ifPresent(port -> {
                if (!ports.add(port)) {
                    problems.annotation(
                            Annotations.OPEN_PORTS, value, "port " + port + " is there twice: keep one of them");
                }
            });
        }
        return ports;
    }

    private List<String> upgrades() {
        try {
            return UpgradeToken.parseList(annotations.getOrDefault(Annotations.UPGRADES, ""));
        } catch (IllegalArgumentException e) {
            problems.add(Problems.annotationField(Annotations.UPGRADES), String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private OptionalInt numberOrName(String name, String value) {
        if (value.matches("[0-9]+")) {
            return number(name, value);
        }
        OptionalInt named = Pods.ownPorts(pod).stream()
                .filter(port -> value.equals(port.getName()))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst();
        if (named.isEmpty()) {
            problems.annotation(name, value, "expected a port, 1 to 65535, or the name of one: " + names());
        }
        return named;
    }

    private String names() {
        String names = Pods.ownPorts(pod).stream()
                .map(ContainerPort::getName)
                .filter(Objects::nonNull)
                .sorted()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "the pod's containers name none" : "the pod's containers name " + names;
    }

    private OptionalInt unsecuredPort() {
        String value = annotations.get(Annotations.UNSECURED_PORT);
        return value == null ? OptionalInt.empty() : number(Annotations.UNSECURED_PORT, value);
    }

    private OptionalInt number(String name, String value) {
        if (!value.matches("[0-9]{1,5}") || !MeshPorts.isValid(Integer.parseInt(value))) {
            problems.annotation(name, value, "expected a port, 1 to 65535");
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(value));
    }

    private Protocol protocol() {
        String value = annotations.get(Annotations.PROTOCOL);
        if (value == null) {
            return Protocol.TCP;
        }
        Optional<Protocol> protocol = Protocol.of(value);
        if (protocol.isEmpty()) {
            problems.annotation(Annotations.PROTOCOL, value, "expected one of " + Protocol.known());
        }
        return protocol.orElse(Protocol.TCP);
    }

    private List<Upstream> upstreams() {
        String value = annotations.getOrDefault(Annotations.UPSTREAMS, "");
        List<Upstream> upstreams = new ArrayList<>();
        if (value.isBlank()) {
            return upstreams;
        }
        for (String entry : value.split(",", -1)) {
            try {
                upstreams.add(Upstream.parse(entry.strip()));
            } catch (IllegalArgumentException e) {
                problems.add(Problems.annotationField(Annotations.UPSTREAMS), String.valueOf(e.getMessage()));
            }
        }
        return upstreams;
    }

    private boolean requireLoopback() {
        return flag(Annotations.REQUIRE_LOOPBACK, "false");
    }

    private boolean rewriteProbes() {
        return flag(Annotations.REWRITE_PROBES, "true");
    }

    private boolean flag(String name, String byDefault) {
        String value = annotations.getOrDefault(name, byDefault);
        if (!value.equals("true") && !value.equals("false")) {
            problems.annotation(name, value, "expected \"true\" or \"false\"");
        }
        return value.equals("true");
    }

    private List<String> tags() {
        String value = annotations.getOrDefault(Annotations.TAGS, "");
        List<String> tags = new ArrayList<>();
        for (String tag : value.isBlank() ? new String[0] : value.split(",", -1)) {
            if (tag.isBlank()) {
                problems.annotation(
                        Annotations.TAGS, value, "expected TAG,TAG without an empty one, for example v2,blue");
                return List.of();
            }
            tags.add(tag.strip());
        }
        return tags;
    }

    /** The default bends to a short grace period; a value that somebody wrote does not. */
    private int preStopSleep(int byDefault) {
        int most = Math.max(0, Pods.graceSeconds(pod) - 1);
        String value = annotations.get(Annotations.PRE_STOP_SLEEP);
        if (value == null) {
            return Math.min(byDefault, most);
        }
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > most) {
            problems.annotation(
                    Annotations.PRE_STOP_SLEEP,
                    value,
                    "expected seconds, 0 (no pause) to " + most
                            + " (spec.terminationGracePeriodSeconds less 1): lower it, or raise the grace period");
            return 0;
        }
        return Integer.parseInt(value);
    }
}
