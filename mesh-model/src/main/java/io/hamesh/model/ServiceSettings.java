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

    /** A client that calls nobody yet. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** These settings, to be changed. */
    public Builder toBuilder() {
        Builder builder = new Builder(name);
        builder.port = port;
        builder.protocol = protocol;
        builder.unsecuredPort = unsecuredPort;
        builder.upstreams = upstreams;
        builder.requireLoopback = requireLoopback;
        builder.tags = tags;
        builder.meta = meta;
        builder.openPorts = openPorts;
        builder.probes = probes;
        builder.upgrades = upgrades;
        builder.proxy = proxy;
        return builder;
    }

    public ServiceSettings withOpenPorts(SortedSet<Integer> openPorts) {
        return toBuilder().openPorts(openPorts).build();
    }

    public ServiceSettings withProbes(List<AppProbe> probes) {
        return toBuilder().probes(probes).build();
    }

    public ServiceSettings withUpgrades(List<String> upgrades) {
        return toBuilder().upgrades(upgrades).build();
    }

    public ServiceSettings withProxy(ProxySettings proxy) {
        return toBuilder().proxy(proxy).build();
    }

    /** The upstream that the application finds on that loopback port. */
    public Optional<Upstream> upstreamOn(int localPort) {
        return upstreams.stream().filter(u -> u.localPort() == localPort).findFirst();
    }

    /** Sets each by its name; what is not set is as for a pod that says nothing about it. */
    public static final class Builder {
        private final String name;
        private OptionalInt port = OptionalInt.empty();
        private Protocol protocol = Protocol.TCP;
        private OptionalInt unsecuredPort = OptionalInt.empty();
        private List<Upstream> upstreams = List.of();
        private boolean requireLoopback;
        private List<String> tags = List.of();
        private Map<String, String> meta = Map.of();
        private SortedSet<Integer> openPorts = new TreeSet<>();
        private List<AppProbe> probes = List.of();
        private List<String> upgrades = List.of();
        private ProxySettings proxy = ProxySettings.DEFAULT;

        private Builder(String name) {
            this.name = name;
        }

        public Builder port(OptionalInt port) {
            this.port = port;
            return this;
        }

        public Builder protocol(Protocol protocol) {
            this.protocol = protocol;
            return this;
        }

        public Builder unsecuredPort(OptionalInt unsecuredPort) {
            this.unsecuredPort = unsecuredPort;
            return this;
        }

        public Builder upstreams(List<Upstream> upstreams) {
            this.upstreams = upstreams;
            return this;
        }

        public Builder requireLoopback(boolean requireLoopback) {
            this.requireLoopback = requireLoopback;
            return this;
        }

        public Builder tags(List<String> tags) {
            this.tags = tags;
            return this;
        }

        public Builder meta(Map<String, String> meta) {
            this.meta = meta;
            return this;
        }

        public Builder openPorts(SortedSet<Integer> openPorts) {
            this.openPorts = openPorts;
            return this;
        }

        public Builder probes(List<AppProbe> probes) {
            this.probes = probes;
            return this;
        }

        public Builder upgrades(List<String> upgrades) {
            this.upgrades = upgrades;
            return this;
        }

        public Builder proxy(ProxySettings proxy) {
            this.proxy = proxy;
            return this;
        }

        public ServiceSettings build() {
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
    }
}
