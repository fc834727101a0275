package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

/** One stream over HTTP/2 in clear, written frame by frame: no client library sends what it should not. */
final class TestH2 implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    TestH2(int port) throws IOException {
        socket = TestPod.connect(port);
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    /** @param fields name, value, name, value */
    void headers(boolean end, List<String> fields) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.size(); i += 2) {
            block.write(0); // a literal, its name too, and not to be remembered
            text(block, fields.get(i));
            text(block, fields.get(i + 1));
        }
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), 1, block.toByteArray());
    }

    void data(String text) throws IOException {
        frame(DATA, 0, 1, text.getBytes(ISO_8859_1));
    }

    /** The next frame of the stream: its headers as they are encoded, HAProxy never compresses them, or data; "reset". */
    String next() throws IOException {
        while (true) {
            int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == SETTINGS && (flags & ACK) == 0) {
                frame(SETTINGS, ACK, 0, new byte[0]);
            } else if (type == HEADERS || type == DATA) {
                String text = new String(payload, ISO_8859_1);
                // HPACK's index of `:status: 200`
                return type == HEADERS && (payload[0] & 0xff) == 0x88 ? "200 " + text : text;
            } else if (type == RST_STREAM) {
                return "reset";
            }
        }
    }

    /** Whether nothing but silence or the stream's end comes. */
    boolean isSilent() throws IOException {
        socket.setSoTimeout(500);
        try {
            String next = next();
            return next.isEmpty() || next.equals("reset");
        } catch (SocketTimeoutException silent) {
            return true;
        }
    }

    private static void text(ByteArrayOutputStream block, String text) {
        if (text.length() > 126) {
            throw new IllegalArgumentException(text + ": at most 126 characters");
        }
        block.write(text.length());
        block.writeBytes(text.getBytes(ISO_8859_1));
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
