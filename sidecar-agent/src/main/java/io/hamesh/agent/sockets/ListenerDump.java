package io.hamesh.agent.sockets;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's answer to one {@link #request}, part by part: {@code struct nlmsghdr} of linux/netlink.h, each followed by a
 * {@code struct inet_diag_msg} of linux/inet_diag.h.
 */
final class ListenerDump {
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final short NLM_F_REQUEST = 1;
    private static final short NLM_F_DUMP = 0x300;
    private static final short NLM_F_DUMP_INTR = 0x10;
    private static final int HEADER = 16;
    private static final int ALIGNED = 4;

    private static final int REQUEST = HEADER + 56;
    private static final byte IPPROTO_TCP = 6;
    private static final int LISTEN = 1 << 10;

    private static final int SOCKET = 72;
    private static final byte AF_INET = 2;
    private static final int PORT = 4;
    private static final int ADDRESS = 8;
    private static final int UID = 64;

    private final List<ListeningSocket> found = new ArrayList<>();
    private boolean done;
    private boolean interrupted;

    /** Asks for the TCP sockets of {@code family} (AF_*) that listen. */
    static byte[] request(byte family) {
        return ByteBuffer.allocate(REQUEST)
                .order(ByteOrder.nativeOrder())
                .putInt(REQUEST)
                .putShort(SOCK_DIAG_BY_FAMILY)
                .putShort((short) (NLM_F_REQUEST | NLM_F_DUMP))
                .putLong(0) // sequence, port
                .put(family)
                .put(IPPROTO_TCP)
                .putShort((short) 0) // no extensions
                .putInt(LISTEN)
                .array();
    }

    /** No more parts follow. */
    boolean isDone() {
        return done;
    }

    /** The list changed under the kernel's hands: it may lack something. */
    boolean isInterrupted() {
        return interrupted;
    }

    List<ListeningSocket> found() {
        return found;
    }

    /**
     * Takes the next part, in the machine's byte order, from its position to its limit.
     *
     * @throws IOException for the kernel's refusal, and for what is not its answer
     */
    void read(ByteBuffer part) throws IOException {
        do {
            int start = part.position();
            int length = part.remaining() < HEADER ? 0 : part.getInt(start);
            if (length < HEADER || length > part.remaining()) {
                throw new IOException("netlink: a message of " + length + " bytes in " + part.remaining());
            }
            short flags = part.getShort(start + 6);
            interrupted |= (flags & NLM_F_DUMP_INTR) != 0;
            message(
                    part.getShort(start + 4),
                    part.slice(start + HEADER, length - HEADER).order(part.order()));
            int aligned = (length + ALIGNED - 1) / ALIGNED * ALIGNED;
            part.position(Math.min(part.limit(), start + aligned));
        } while (!done && part.hasRemaining());
    }

    private void message(short type, ByteBuffer body) throws IOException {
        switch (type) {
            case SOCK_DIAG_BY_FAMILY -> found.add(socket(body));
            case NLMSG_DONE -> {
                failIfRefused(body);
                done = true;
            }
            case NLMSG_ERROR -> {
                failIfRefused(body);
                throw new IOException("netlink: an acknowledgement instead of an answer");
            }
            default -> throw new IOException("netlink: a message of type " + type);
        }
    }

    private static void failIfRefused(ByteBuffer body) throws IOException {
        int error = body.remaining() >= Integer.BYTES ? body.getInt(0) : 0;
        if (error < 0) {
            throw new IOException("netlink answer: errno " + -error);
        }
    }

    private static ListeningSocket socket(ByteBuffer body) throws IOException {
        if (body.remaining() < SOCKET) {
            throw new IOException("netlink: " + body.remaining() + " bytes about a socket, expected " + SOCKET);
        }
        byte[] address = new byte[body.get(0) == AF_INET ? 4 : 16];
        body.get(ADDRESS, address);
        int port =
                Short.toUnsignedInt(body.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(PORT)); // network order
        return new ListeningSocket(port, isLoopback(address), body.getInt(UID));
    }

    /** An IPv4 address that is written as IPv6 counts as IPv4. */
    private static boolean isLoopback(byte[] address) {
        try {
            return InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }
}
