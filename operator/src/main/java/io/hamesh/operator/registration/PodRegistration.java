package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.FormerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.OwnershipMark;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceName;
import io.hamesh.model.ServiceSettings;
import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogCheck.Status;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.CatalogService.ProxyOf;
import io.hamesh.operator.consul.TxnOperation;
import io.hamesh.operator.consul.TxnOperation.RemoveService;
import io.hamesh.operator.consul.TxnOperation.SetCheck;
import io.hamesh.operator.consul.TxnOperation.SetNode;
import io.hamesh.operator.consul.TxnOperation.SetService;
import io.hamesh.operator.openports.OpenPorts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One pod as Consul's catalog shows it: a synthetic node, the service, its {@code connect-proxy} and a check on each.
 *
 * @param node without an index: what is there already decides that
 */
record PodRegistration(
        CatalogNode node,
        CatalogService service,
        CatalogService proxy,
        CatalogCheck serviceCheck,
        CatalogCheck proxyCheck,
        Protocol protocol) {
    static final String CHECK_NAME = "Kubernetes Readiness Check";

    private static final String PROXY_ID_SUFFIX = "_sidecar-proxy";

    /** No part of an id may hold it, so no two combinations of parts read the same. */
    private static final String SEPARATOR = "_";

    private static final int UID_CHARACTERS = 8;
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    /**
     * What is to stand in Consul for the pod; empty for one that is a client only, going, gone, or not placed yet.
     *
     * @throws IllegalArgumentException if its injected containers make no sense, which injection never produces
     */
    static Optional<PodRegistration> of(Pod pod, boolean nodeIsReady, OpenPorts openPorts) {
        BootstrapSettings settings = settings(pod);
        if (settings.service().port().isEmpty() || !isServing(pod)) {
            return Optional.empty();
        }
        Readiness readiness = Readiness.of(pod, nodeIsReady);
        if (settings.service().requireLoopback()) {
            readiness = readiness.blaming(openPorts);
        }
        CatalogService service = service(pod, settings);
        CatalogService proxy = proxy(service);
        return Optional.of(new PodRegistration(
                node(pod, settings.cluster()),
                service,
                proxy,
                check(service, readiness),
                check(proxy, readiness),
                settings.service().protocol()));
    }

    /** What a living pod's application speaks; empty for a client, and for one that is going or has ended. */
    static Optional<Protocol> spoken(Pod pod) {
        return Optional.of(environment(pod))
                .filter(env -> isLiving(pod) && !env.isEmpty())
                .map(env -> BootstrapSettings.fromEnvironment(env).service())
                .filter(service -> service.port().isPresent())
                .map(ServiceSettings::protocol);
    }

    private static boolean isLiving(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && (pod.getStatus() == null || !ENDED.contains(pod.getStatus().getPhase()));
    }

    private static boolean isServing(Pod pod) {
        return isLiving(pod)
                && pod.getStatus() != null
                && isSet(pod.getStatus().getPodIP())
                && isSet(pod.getStatus().getHostIP())
                && isSet(pod.getSpec().getNodeName());
    }

    private static boolean isSet(String text) {
        return text != null && !text.isEmpty();
    }

    static BootstrapSettings settings(Pod pod) {
        Map<String, String> env = environment(pod);
        if (env.isEmpty()) {
            throw new IllegalArgumentException("no container " + ContainerNames.AGENT);
        }
        return BootstrapSettings.fromEnvironment(env);
    }

    /**
     * What injection settled, under today's names: the agent container's environment, immutable in a pod. Empty without such a
     * container.
     */
    static Map<String, String> environment(Pod pod) {
        Map<String, String> env = new HashMap<>();
        pod.getSpec().getInitContainers().stream()
                .filter(container -> ContainerNames.AGENT.equals(container.getName()))
                .flatMap(container -> container.getEnv().stream())
                .filter(variable -> variable.getValue() != null)
                .forEach((EnvVar variable) -> env.put(variable.getName(), variable.getValue()));
        return FormerNames.translated(env);
    }

    static String nodeName(String cluster, String kubernetesNode) {
        return "hamesh-" + cluster + "-" + kubernetesNode;
    }

    private static CatalogNode node(Pod pod, String cluster) {
        Map<String, String> meta = new HashMap<>(OwnershipMark.of(cluster));
        meta.put("synthetic-node", "true");
        meta.put("k8s-node", pod.getSpec().getNodeName());
        String name = nodeName(cluster, pod.getSpec().getNodeName());
        return new CatalogNode(name, pod.getStatus().getHostIP(), meta, 0);
    }

    private static CatalogService service(Pod pod, BootstrapSettings settings) {
        ServiceSettings service = settings.service();
        String uid = pod.getMetadata().getUid();
        String id = String.join(
                SEPARATOR,
                settings.cluster(),
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                uid.substring(0, Math.min(uid.length(), UID_CHARACTERS)),
                service.name());
        return new CatalogService(
                id,
                service.name(),
                pod.getStatus().getPodIP(),
                service.port().orElseThrow(),
                service.tags(),
                meta(pod, settings),
                Optional.empty(),
                0);
    }

    private static CatalogService proxy(CatalogService service) {
        return new CatalogService(
                service.id() + PROXY_ID_SUFFIX,
                service.name() + ServiceName.PROXY_SUFFIX,
                service.address(),
                MeshPorts.INBOUND,
                service.tags(),
                service.meta(),
                Optional.of(new ProxyOf(service.name(), service.id(), service.port())),
                0);
    }

    private static Map<String, String> meta(Pod pod, BootstrapSettings settings) {
        Map<String, String> meta = new HashMap<>(settings.service().meta());
        meta.putAll(OwnershipMark.of(settings.cluster()));
        meta.put("k8s-namespace", pod.getMetadata().getNamespace());
        meta.put("pod-name", pod.getMetadata().getName());
        meta.put("pod-uid", pod.getMetadata().getUid());
        if (isSet(pod.getSpec().getServiceAccountName())) {
            meta.put("k8s-service-account", pod.getSpec().getServiceAccountName());
        }
        meta.putAll(UpstreamsMeta.of(settings.service().upstreams()));
        return meta;
    }

    private static CatalogCheck check(CatalogService service, Readiness readiness) {
        Status status = readiness.isReady() ? Status.PASSING : Status.CRITICAL;
        return new CatalogCheck(
                service.id() + SEPARATOR + "ready", CHECK_NAME, service.id(), service.name(), status, readiness.why());
    }

    boolean isPassing() {
        return serviceCheck.status() == Status.PASSING;
    }

    List<CatalogService> services() {
        return List.of(service, proxy);
    }

    List<CatalogCheck> checks() {
        return List.of(serviceCheck, proxyCheck);
    }

    /** The way out of Consul, as one transaction; the node stays for others. */
    List<TxnOperation> removals() {
        return services().stream()
                .<TxnOperation>map(each -> new RemoveService(node.name(), each))
                .toList();
    }

    /**
     * All of it as one transaction, on top of the node as Consul knows it.
     *
     * @param conditions without which nothing is written
     */
    List<TxnOperation> operations(CatalogNode known, List<TxnOperation> conditions) {
        List<TxnOperation> operations = new ArrayList<>(conditions);
        operations.add(new SetNode(known));
        services().forEach(each -> operations.add(new SetService(node.name(), each)));
        checks().forEach(each -> operations.add(new SetCheck(node.name(), each)));
        return operations;
    }
}
