package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application over HTTP/1.1 that takes every method for a GET: it answers 200 and reads on. It agrees to each upgrade of
 * {@code /upgrade}, and keeps what it saw: heads, trailers, and the first bytes in a new protocol.
 */
final class HeedlessApp implements AutoCloseable {
    private static final Pattern KEY = Pattern.compile("(?im)^sec-websocket-key: *(\\S+)");
    private static final Pattern UPGRADE = Pattern.compile("(?im)^upgrade: *(\\S+)");

    private volatile List<String> seen = new CopyOnWriteArrayList<>();
    private final ServerSocket server;

    HeedlessApp(int port) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.startVirtualThread(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    /** Each in one text, lower case. */
    List<String> seen() {
        return seen;
    }

    /** What is on its way is not seen afterwards. */
    void forget() {
        seen = new CopyOnWriteArrayList<>();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                List<String> now = seen;
                now.add(head.toLowerCase(Locale.ROOT));
                if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
                    now.add("trailers: " + trailers(in).toLowerCase(Locale.ROOT));
                }
                out.write(answer(head).getBytes(ISO_8859_1));
                if (head.contains(" /upgrade")) {
                    now.add("upgraded: " + new String(in.readNBytes(2), ISO_8859_1));
                    return;
                }
            }
        } catch (IOException gone) {
            // the caller left
        }
    }

    private static String answer(String head) {
        if (!head.contains(" /upgrade")) {
            return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Hamesh-Denied: forged\r\nx-hamesh-status: 421\r\n\r\nok";
        }
        Matcher upgrade = UPGRADE.matcher(head);
        return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                + (upgrade.find() ? upgrade.group(1) : "websocket")
                + "\r\nSec-WebSocket-Accept: " + accept(head) + "\r\n\r\n";
    }

    private static String accept(String head) {
        Matcher key = KEY.matcher(head);
        if (!key.find()) {
            return "none";
        }
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Up to an empty line; empty at the end. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (head.toString().endsWith("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    /** After chunks of less than ten bytes. */
    private static String trailers(InputStream in) throws IOException {
        for (int size = in.read() - '0'; size > 0; size = in.read() - '0') {
            in.readNBytes(2 + size + 2);
        }
        in.readNBytes(2);
        StringBuilder trailers = new StringBuilder();
        while (!trailers.toString().endsWith("\r\n\r\n") && !trailers.toString().equals("\r\n")) {
            trailers.append((char) in.read());
        }
        return trailers.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
