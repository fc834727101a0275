package io.hamesh.agent.snapshot;

import java.util.List;

/**
 * The addresses of this pod.
 *
 * @param ips the pod's own addresses, one a family
 * @param ipv6Loopback whether the pod has {@code ::1}: a bind on it where it is missing would stop HAProxy
 */
public record PodAddresses(List<String> ips, boolean ipv6Loopback) {
    public PodAddresses {
        ips = List.copyOf(ips);
    }

    public boolean hasIpv4() {
        return ips.stream().anyMatch(ip -> ip.indexOf(':') < 0);
    }

    public boolean hasIpv6() {
        return ips.stream().anyMatch(ip -> ip.indexOf(':') >= 0);
    }
}
