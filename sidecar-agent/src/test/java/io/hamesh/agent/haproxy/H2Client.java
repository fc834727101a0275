package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;

/** HTTP/2 with prior knowledge over a plain connection, one request: its parts go out when the test says so. */
final class H2Client implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final Socket socket;

    H2Client(int port) throws IOException {
        socket = TestPod.connect(port);
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    void head(String method, String path, int length) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        field(block, ":method", method);
        field(block, ":scheme", "http");
        field(block, ":path", path);
        field(block, ":authority", "api");
        field(block, "content-length", Integer.toString(length));
        frame(HEADERS, END_HEADERS, 1, block.toByteArray());
    }

    void body(String text) throws IOException {
        frame(DATA, END_STREAM, 1, text.getBytes(ISO_8859_1));
    }

    void cancel() throws IOException {
        frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
    }

    /** Waits for the answer's head. */
    int status() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == HEADERS) {
                return status(payload);
            }
        }
    }

    /** The first field of a block is the status: one of HPACK's static table, or three digits. */
    private static int status(byte[] block) {
        int first = block[0] & 0xff;
        int[] known = {200, 204, 206, 304, 400, 404, 500};
        return first >= 0x88 && first <= 0x8e
                ? known[first - 0x88]
                : Integer.parseInt(new String(block, 2, 3, ISO_8859_1));
    }

    private static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        block.write(text.length());
        block.writeBytes(text.getBytes(ISO_8859_1));
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(
                new byte[] {(byte) (payload.length >> 16), (byte) (payload.length >> 8), (byte) payload.length});
        frame.write(type);
        frame.write(flags);
        frame.writeBytes(new byte[] {0, 0, 0, (byte) stream});
        frame.writeBytes(payload);
        socket.getOutputStream().write(frame.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
