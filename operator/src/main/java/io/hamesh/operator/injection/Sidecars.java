package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ClusterDns;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.FormerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.PodOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The two native sidecars and their volume. Values that the API server would fill in are written out, so that a second
 * look at an injected pod finds exactly what is built here.
 */
final class Sidecars {
    /** Whether a snapshot runs. Not {@code /ready}: what makes the pod unready must not hold its start up. */
    private static final String STARTED_PATH = "/started";

    private static final String READY_PATH = "/ready";

    /** While Consul is away the proxy waits; a restart would mend nothing. */
    private static final int NEVER = Integer.MAX_VALUE;

    private final MeshSettings mesh;
    private final PodSettings pod;

    Sidecars(MeshSettings mesh, PodSettings pod) {
        this.mesh = mesh;
        this.pod = pod;
    }

    /** In the order in which they start, before anything else of the pod. */
    List<Container> containers() {
        return List.of(agent(), haproxy());
    }

    /** In memory: keys never touch a disk. */
    Volume volume() {
        return new VolumeBuilder()
                .withName(ContainerNames.VOLUME)
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(new Quantity("16Mi"))
                .endEmptyDir()
                .build();
    }

    /** Without probes: a dead agent must not take a serving pod out of the mesh. */
    private Container agent() {
        List<EnvVar> env = literals(FormerNames.added(settings()));
        pod.origin().ifPresent(origin -> env.add(new EnvVar(PodOrigin.VARIABLE, origin, null)));
        mesh.dns().ifPresent(dns -> env.add(literal(ClusterDns.VARIABLE, dns.format())));
        env.add(fromPod(BootstrapSettings.POD_NAME, "metadata.name"));
        env.add(fromPod(BootstrapSettings.POD_NAMESPACE, "metadata.namespace"));
        env.add(fromPod(BootstrapSettings.POD_UID, "metadata.uid"));
        env.add(fromPod(BootstrapSettings.POD_IPS, "status.podIPs"));
        env.add(fromPod(BootstrapSettings.NODE_NAME, "spec.nodeName"));
        return sidecar(ContainerNames.AGENT, mesh.agentImage())
                .withEnv(env)
                .withResources(pod.resources().agent())
                .build();
    }

    private Container haproxy() {
        return sidecar(ContainerNames.HAPROXY, mesh.haproxyImage())
                .withEnv(literals(settings()))
                .withPorts(ports())
                .withStartupProbe(probe(STARTED_PATH, 1, NEVER))
                .withReadinessProbe(probe(READY_PATH, 2, 3))
                .withResources(pod.resources().haproxy())
                .build();
    }

    private ContainerBuilder sidecar(String name, String image) {
        return new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withImagePullPolicy(mesh.imagePullPolicy())
                .withRestartPolicy("Always")
                .withSecurityContext(restricted())
                .withTerminationMessagePath("/dev/termination-log")
                .withTerminationMessagePolicy("File")
                .addNewVolumeMount()
                .withName(ContainerNames.VOLUME)
                .withMountPath(ContainerNames.VOLUME_PATH)
                .endVolumeMount();
    }

    private SortedMap<String, String> settings() {
        return new BootstrapSettings(mesh.cluster(), mesh.consulAddress(), pod.service()).toEnvironment();
    }

    private static List<EnvVar> literals(SortedMap<String, String> settings) {
        List<EnvVar> env = new ArrayList<>();
        settings.forEach((name, value) -> env.add(literal(name, value)));
        return env;
    }

    private static EnvVar literal(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar fromPod(String name, String fieldPath) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef("v1", fieldPath)
                .endValueFrom()
                .build();
    }

    private List<ContainerPort> ports() {
        List<ContainerPort> ports = new ArrayList<>();
        if (pod.service().port().isPresent()) {
            ports.add(port("hamesh-mtls", MeshPorts.INBOUND));
        }
        ports.add(port("hamesh-ops", MeshPorts.OPS));
        return ports;
    }

    private static ContainerPort port(String name, int number) {
        return new ContainerPortBuilder()
                .withName(name)
                .withContainerPort(number)
                .withProtocol("TCP")
                .build();
    }

    private Probe probe(String path, int periodSeconds, int failureThreshold) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(MeshPorts.OPS)
                .withScheme("HTTP")
                .withHttpHeaders(
                        ProbeSecrets.shown(List.of(), pod.service().proxy().probeSecret()))
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(1)
                .withSuccessThreshold(1)
                .withFailureThreshold(failureThreshold)
                .build();
    }

    /** What Pod Security "restricted" asks for, whatever the pod says for its own containers. */
    private static SecurityContext restricted() {
        return new SecurityContextBuilder()
                .withRunAsUser(ContainerNames.UID)
                .withRunAsGroup(ContainerNames.UID)
                .withRunAsNonRoot(true)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }
}
