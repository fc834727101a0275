package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Who calls a loopback port, and what he sees. */
final class TestCaller implements AutoCloseable {
    private final List<Socket> open = new ArrayList<>();

    /** A connection that stays. */
    Socket open(int port) throws IOException {
        Socket socket = TestPod.connect(port);
        open.add(socket);
        return socket;
    }

    /** A connection that stays, and that the application echoes on. */
    Socket talking(int port) throws IOException {
        Socket socket = open(port);
        assertThat(exchange(socket)).isTrue();
        return socket;
    }

    static boolean answers(int port) {
        try (Socket socket = TestPod.connect(port)) {
            return exchange(socket);
        } catch (IOException refused) {
            return false;
        }
    }

    static void awaitAnswer(int port) {
        await().until(() -> answers(port));
    }

    static void awaitOpen(int port) {
        await().ignoreExceptions().until(() -> {
            TestPod.connect(port).close();
            return true;
        });
    }

    static boolean exchange(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        return socket.getInputStream().read() == 'x';
    }

    static String get(int port, String path) throws IOException {
        return get(port, path, "");
    }

    /** @param headers each with its line end */
    static String get(int port, String path, String headers) throws IOException {
        try (Socket socket = TestPod.connect(port)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
            send(socket, request);
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    /** A connection on which events come. */
    Socket events(int port) throws IOException {
        Socket socket = TestPod.connect(port);
        open.add(socket);
        send(socket, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(line(socket)).startsWith("HTTP/1.1 200");
        assertThat(hasEvent(socket)).isTrue();
        return socket;
    }

    /** Chunk lengths and headers stand between. */
    static boolean hasEvent(Socket socket) throws IOException {
        for (int i = 0; i < 10; i++) {
            if (line(socket).equals("data")) {
                return true;
            }
        }
        return false;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** The next line, without its end; what there is of it where the connection ends. */
    static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c != '\n' && c >= 0;
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** Whether the events end within two seconds. */
    static boolean ends(Socket socket) {
        try {
            // Two seconds of events, and an end among them.
            for (int i = 0; i < 40; i++) {
                if (socket.getInputStream().readNBytes(10).length < 10) {
                    return true;
                }
            }
            return false;
        } catch (SocketTimeoutException still) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }
}
