package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.TestbedException;
import java.util.List;

/** The host's end: a veth pair into the node's namespace, and routes to pods and Services through it. */
final class HostNetwork {
    private HostNetwork() {}

    /** Refuses to run beside something that uses the same networks. */
    static void assertFree() {
        for (var network : List.of(Addresses.PODS, Addresses.SERVICES)) {
            var routes = ip("route", "show", "root", network).output().strip();
            if (!routes.isEmpty()) {
                throw new TestbedException(
                        "this machine has a route into " + network + " already, which the cluster would use: " + routes
                                + "\nStop what set it up (another cluster?).");
            }
        }
    }

    static void connect(long nodePid) {
        ip("link", "add", Addresses.HOST_DEVICE, "type", "veth", "peer", "name", Addresses.NODE_DEVICE)
                .output();
        ip("addr", "add", Addresses.HOST + Addresses.VETH_PREFIX, "dev", Addresses.HOST_DEVICE)
                .output();
        ip("link", "set", Addresses.HOST_DEVICE, "up").output();
        ip("link", "set", Addresses.NODE_DEVICE, "netns", Long.toString(nodePid))
                .output();
        for (var network : List.of(Addresses.PODS, Addresses.SERVICES)) {
            ip("route", "add", network, "via", Addresses.NODE_ON_VETH, "dev", Addresses.HOST_DEVICE)
                    .output();
        }
    }

    /** The routes go with the device. */
    static void remove() {
        if (present()) {
            ip("link", "del", Addresses.HOST_DEVICE).run();
        }
    }

    static boolean present() {
        return ip("link", "show", Addresses.HOST_DEVICE).run().ok();
    }

    private static Command ip(String... words) {
        return Command.of("ip").and(words);
    }
}
