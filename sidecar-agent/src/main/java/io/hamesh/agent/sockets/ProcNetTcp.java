package io.hamesh.agent.sockets;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;

/** The lines of {@code /proc/net/tcp} and {@code /proc/net/tcp6} (the kernel's proc_net_tcp.rst). */
final class ProcNetTcp {
    /** {@code TCP_LISTEN}, as it stands between blanks. */
    private static final String LISTEN = " 0A ";

    private static final int LOCAL_ADDRESS = 1;
    private static final int UID = 7;

    private final ByteOrder order;

    /** @param order the machine's: addresses are printed as numbers of 32 bits, whatever bytes they were made of */
    ProcNetTcp(ByteOrder order) {
        this.order = order;
    }

    /**
     * The listening socket of that line, or empty for another state and for the heading.
     *
     * @throws IllegalArgumentException for a line that is none of these files'
     */
    Optional<ListeningSocket> parse(String line) {
        if (!line.contains(LISTEN)) {
            return Optional.empty();
        }
        String[] fields = line.strip().split("\\s+", UID + 2);
        if (fields.length <= UID) {
            throw new IllegalArgumentException("expected at least " + (UID + 1) + " fields: " + line);
        }
        String local = fields[LOCAL_ADDRESS];
        int colon = local.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("expected ADDRESS:PORT: " + line);
        }
        return Optional.of(new ListeningSocket(
                Integer.parseInt(local.substring(colon + 1), 16),
                address(local.substring(0, colon)).isLoopbackAddress(),
                Integer.parseUnsignedInt(fields[UID])));
    }

    /** An IPv4 address that is written as IPv6 comes out as IPv4. */
    private InetAddress address(String hex) {
        ByteBuffer printed = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        ByteBuffer bytes = ByteBuffer.allocate(printed.capacity()).order(order);
        while (printed.remaining() >= Integer.BYTES) {
            bytes.putInt(printed.getInt());
        }
        try {
            return InetAddress.getByAddress(bytes.array());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("expected 4 or 16 bytes: " + hex, e);
        }
    }
}
