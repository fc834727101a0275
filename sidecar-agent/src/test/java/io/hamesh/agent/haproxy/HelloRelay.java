package io.hamesh.agent.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Reads the groups that the two agree on: TLS 1.3 does not encrypt a ServerHello. */
final class HelloRelay extends Relay {
    private static final int HANDSHAKE_RECORD = 22;
    private static final int KEY_SHARE = 51;

    /** The random by which a ServerHello is a HelloRetryRequest (RFC 8446, 4.1.3), its first eight bytes. */
    private static final long RETRY = 0xCF21AD74E59A6111L;

    private final Set<String> groups = new ConcurrentSkipListSet<>();

    HelloRelay(int target) throws IOException {
        super(0, target);
        start();
    }

    /** The groups of all handshakes so far; `retry` stands before one where the caller had to ask again. */
    Set<String> groups() {
        return groups;
    }

    @Override
    void connect(Socket client, Socket behind) {
        Thread.startVirtualThread(() -> pass(client, behind, () -> {}));
        Thread.startVirtualThread(() -> listen(behind, client));
    }

    private void listen(Socket called, Socket caller) {
        try {
            DataInputStream in = new DataInputStream(called.getInputStream());
            byte[] record = record(in);
            groups.add(group(ByteBuffer.wrap(record)));
            caller.getOutputStream().write(record);
        } catch (IOException gone) {
            // the caller left before there was an answer
        }
        pass(called, caller, () -> {});
    }

    /** With its head. */
    private static byte[] record(DataInputStream in) throws IOException {
        byte[] head = in.readNBytes(5);
        if (head.length < 5) {
            throw new IOException("no answer");
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(head);
        record.write(in.readNBytes(ByteBuffer.wrap(head).getShort(3) & 0xFFFF));
        return record.toByteArray();
    }

    private static String group(ByteBuffer record) {
        if (record.get(0) != HANDSHAKE_RECORD) {
            return "no ServerHello";
        }
        // record head, handshake head, legacy version
        record.position(5 + 4 + 2);
        boolean retry = record.getLong(record.position()) == RETRY;
        record.position(record.position() + 32);
        record.position(record.position() + 1 + (record.get(record.position()) & 0xFF));
        // cipher suite, compression, length of the extensions
        record.position(record.position() + 2 + 1 + 2);
        while (record.remaining() >= 4) {
            int type = record.getShort();
            int length = record.getShort() & 0xFFFF;
            if (type == KEY_SHARE) {
                return (retry ? "retry " : "") + name(record.getShort() & 0xFFFF);
            }
            record.position(record.position() + length);
        }
        return "no key share";
    }

    private static String name(int group) {
        return switch (group) {
            case 0x0017 -> "P-256";
            case 0x001D -> "X25519";
            case 0x11EC -> "X25519MLKEM768";
            default -> Integer.toHexString(group);
        };
    }
}
