package io.hamesh.agent.sockets;

/** A line of {@code /proc/net/tcp} or {@code tcp6}. */
final class ProcNetLine {
    private ProcNetLine() {}

    /** @param local address and port in hexadecimal, as the kernel writes them */
    static String of(String local, String state, String uid) {
        return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000  " + uid
                + "        0 27213 1 0000000000000000 100 0 0 10 0";
    }
}
