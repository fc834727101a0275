package io.hamesh.agent.lifecycle;

import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.model.BootstrapSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads the pod's addresses from what the kubelet and the kernel say. */
public final class PodEnvironment {
    private PodEnvironment() {}

    /**
     * The pod's own addresses, and whether it has the IPv6 loopback.
     *
     * @throws IllegalArgumentException naming the variable that is missing or malformed
     */
    public static PodAddresses addresses(Map<String, String> env) {
        return new PodAddresses(ips(env), hasIpv6Loopback());
    }

    static List<String> ips(Map<String, String> env) {
        String text = env.getOrDefault(BootstrapSettings.POD_IPS, "");
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    BootstrapSettings.POD_IPS + " is not set: expected the pod's addresses (status.podIPs)");
        }
        List<String> ips = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        for (String ip : ips) {
            try {
                InetAddress.ofLiteral(ip);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        BootstrapSettings.POD_IPS + "=" + text + ": expected IP addresses separated by commas", e);
            }
        }
        return ips;
    }

    // A node with IPv6 switched off has no ::1 in its pods, whatever families the cluster has.
    private static boolean hasIpv6Loopback() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
