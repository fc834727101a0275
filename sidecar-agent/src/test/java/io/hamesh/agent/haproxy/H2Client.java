package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

/**
 * One stream of HTTP/2 with prior knowledge over a plain connection, written frame by frame: its parts go out when the test
 * says so, and no client library would send what it should not.
 */
final class H2Client implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;

    /** HPACK's index of {@code :status: 200}. */
    private static final char OK = 0x88;

    /** @param payload a character for each byte */
    private record Frame(int type, String payload) {}

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    H2Client(int port) throws IOException {
        socket = TestPod.connect(port);
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    /** A request's head, whose body has that length. */
    void head(String method, String path, int length) throws IOException {
        headers(
                false,
                List.of(
                        ":method",
                        method,
                        ":scheme",
                        "http",
                        ":path",
                        path,
                        ":authority",
                        "api",
                        "content-length",
                        Integer.toString(length)));
    }

    /** @param fields name, value, name, value */
    void headers(boolean end, List<String> fields) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.size(); i += 2) {
            block.write(0); // a literal, its name too, and not to be remembered
            text(block, fields.get(i));
            text(block, fields.get(i + 1));
        }
        send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), 1, block.toByteArray());
    }

    /** The rest of the body. */
    void body(String text) throws IOException {
        send(DATA, END_STREAM, 1, text.getBytes(ISO_8859_1));
    }

    /** A part of the body, and more may come. */
    void data(String text) throws IOException {
        send(DATA, 0, 1, text.getBytes(ISO_8859_1));
    }

    void cancel() throws IOException {
        send(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
    }

    /** Waits for the answer's head. */
    int status() throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.type() == HEADERS) {
                return status(frame.payload());
            }
        }
    }

    /** The next frame of the stream: its headers as they are encoded, HAProxy never compresses them, or data; "reset". */
    String next() throws IOException {
        while (true) {
            Frame frame = read();
            String payload = frame.payload();
            if (frame.type() == HEADERS) {
                return payload.charAt(0) == OK ? "200 " + payload : payload;
            } else if (frame.type() == DATA) {
                return payload;
            } else if (frame.type() == RST_STREAM) {
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

    /** Settings are acknowledged, as each side has to. */
    private Frame read() throws IOException {
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        in.readInt();
        byte[] payload = in.readNBytes(length);
        if (type == SETTINGS && (flags & ACK) == 0) {
            send(SETTINGS, ACK, 0, new byte[0]);
        }
        return new Frame(type, new String(payload, ISO_8859_1));
    }

    /** The first field of a block is the status: one of HPACK's static table, or three digits. */
    private static int status(String block) {
        int index = block.charAt(0) - OK;
        int[] known = {200, 204, 206, 304, 400, 404, 500};
        return index >= 0 && index < known.length ? known[index] : Integer.parseInt(block, 2, 5, 10);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        if (text.length() > 126) {
            throw new IllegalArgumentException(text + ": at most 126 characters");
        }
        block.write(text.length());
        block.writeBytes(text.getBytes(ISO_8859_1));
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
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
