package io.hamesh.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a pod offers to the mesh and takes from it, as its annotations said at admission.
 *
 * @param name the service's name in Consul, which is the pod's identity
 * @param port the application's own port on loopback; empty for a pod that is a client only
 * @param protocol what the application speaks on {@code port}
 * @param unsecuredPort a plain port on the pod's addresses that leads to the application; empty for none
 * @param upstreams the services that the pod calls, local ports distinct
 * @param requireLoopback whether the pod stays unready while its application listens beyond loopback
 * @param tags Consul service tags, in the order written
 * @param meta Consul service metadata of the user's own
 * @param openPorts the ports on which the application means to listen beyond loopback
 * @param probes what the kubelet asks of the application by way of HAProxy
 * @param upgrades the protocols beside WebSocket to which a connection may be upgraded, as {@link UpgradeToken} reads them
 * @param proxy how much HAProxy takes on
 */
public record ServiceSettings(
        String name,
        OptionalInt port,
        Protocol protocol,
        OptionalInt unsecuredPort,
        List<Upstream> upstreams,
        boolean requireLoopback,
        List<String> tags,
        Map<String, String> meta,
        SortedSet<Integer> openPorts,
        List<AppProbe> probes,
        List<String> upgrades,
        ProxySettings proxy) {

    public ServiceSettings {
        upstreams = List.copyOf(upstreams);
        tags = List.copyOf(tags);
        meta = Map.copyOf(meta);
        openPorts = Collections.unmodifiableSortedSet(new TreeSet<>(openPorts));
        probes = probes.stream().sorted().toList();
        upgrades = List.copyOf(upgrades);
    }

    /** Without a probe or an upgrade, and with no port that is meant to be open. */
    public ServiceSettings(
            String name,
            OptionalInt port,
            Protocol protocol,
            OptionalInt unsecuredPort,
            List<Upstream> upstreams,
            boolean requireLoopback,
            List<String> tags,
            Map<String, String> meta) {
        this(
                name,
                port,
                protocol,
                unsecuredPort,
                upstreams,
                requireLoopback,
                tags,
                meta,
                new TreeSet<>(),
                List.of(),
                List.of(),
                ProxySettings.DEFAULT);
    }

    public ServiceSettings withOpenPorts(SortedSet<Integer> openPorts) {
        return new ServiceSettings(
                name,
                port,
                protocol,
                unsecuredPort,
                upstreams,
                requireLoopback,
                tags,
                meta,
                openPorts,
                probes,
                upgrades,
                proxy);
    }

    public ServiceSettings withProbes(List<AppProbe> probes) {
        return new ServiceSettings(
                name,
                port,
                protocol,
                unsecuredPort,
                upstreams,
                requireLoopback,
                tags,
                meta,
                openPorts,
                probes,
                upgrades,
                proxy);
    }

    public ServiceSettings withUpgrades(List<String> upgrades) {
        return new ServiceSettings(
                name,
                port,
                protocol,
                unsecuredPort,
                upstreams,
                requireLoopback,
                tags,
                meta,
                openPorts,
                probes,
                upgrades,
                proxy);
    }

    public ServiceSettings withProxy(ProxySettings proxy) {
        return new ServiceSettings(
                name,
                port,
                protocol,
                unsecuredPort,
                upstreams,
                requireLoopback,
                tags,
                meta,
                openPorts,
                probes,
                upgrades,
                proxy);
    }

    /** The upstream that the application finds on that loopback port. */
    public Optional<Upstream> upstreamOn(int localPort) {
        return upstreams.stream().filter(u -> u.localPort() == localPort).findFirst();
    }
}
