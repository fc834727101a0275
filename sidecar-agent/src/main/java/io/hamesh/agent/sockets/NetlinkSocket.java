package io.hamesh.agent.sockets;

import java.io.IOException;

/** A socket to the kernel, by {@code src/main/native/netlink.c}: the JDK has none of this family. */
final class NetlinkSocket implements AutoCloseable {
    static final String LIBRARY = "hamesh-netlink";

    /** Parts of an answer are no longer where there is so much room for them (netlink_dump in the kernel). */
    static final int MOST_RECEIVED = 16384;

    private final int fd;

    /** @param protocol {@code NETLINK_*} */
    NetlinkSocket(int protocol) throws IOException {
        fd = checked("socket", open(protocol));
    }

    void send(byte[] message) throws IOException {
        checked("send", send(fd, message));
    }

    /** Waits for the next part of the answer, a second at most; returns how many bytes of {@code room} it filled. */
    int receive(byte[] room) throws IOException {
        return checked("recv", receive(fd, room));
    }

    @Override
    public void close() {
        close(fd);
    }

    private static int checked(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException("netlink " + call + ": errno " + -result);
        }
        return result;
    }

    private static native int open(int protocol);

    private static native int send(int fd, byte[] message);

    private static native int receive(int fd, byte[] room);

    private static native void close(int fd);
}
