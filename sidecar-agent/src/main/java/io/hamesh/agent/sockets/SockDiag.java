package io.hamesh.agent.sockets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the kernel list the listening TCP sockets of this network namespace (sock_diag(7)). It walks its table of listeners
 * for that, and not the one of all connections of the node, as {@code /proc/net/tcp} has it do: 0.2 ms instead of 16.
 */
final class SockDiag implements PodSockets.Listing {
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final byte[] FAMILIES = {2, 10}; // AF_INET, AF_INET6
    private static final int ATTEMPTS = 3;

    private final byte[] part = new byte[NetlinkSocket.MOST_RECEIVED];

    @Override
    public List<ListeningSocket> listening() throws IOException {
        List<ListeningSocket> found = new ArrayList<>();
        try (NetlinkSocket kernel = new NetlinkSocket(NETLINK_SOCK_DIAG)) {
            for (byte family : FAMILIES) {
                found.addAll(listening(kernel, family));
            }
        }
        return found;
    }

    private List<ListeningSocket> listening(NetlinkSocket kernel, byte family) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            kernel.send(ListenerDump.request(family));
            ListenerDump dump = new ListenerDump();
            while (!dump.isDone()) {
                int length = kernel.receive(part);
                dump.read(ByteBuffer.wrap(part, 0, length).order(ByteOrder.nativeOrder()));
            }
            if (!dump.isInterrupted()) {
                return dump.found();
            }
        }
        throw new IOException("netlink: the sockets changed during each of " + ATTEMPTS + " listings");
    }
}
