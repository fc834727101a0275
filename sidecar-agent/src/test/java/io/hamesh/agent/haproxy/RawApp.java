package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An application that answers byte by byte what it was told for a path, valid or not. {@code /wait} is never answered, and
 * {@code /events} begins an answer that does not end: both say when the other side is gone.
 */
final class RawApp implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Request lines, in order. */
    final Queue<String> asked = new ConcurrentLinkedQueue<>();

    /** Requests that wait for their caller's end. */
    final AtomicInteger waiting = new AtomicInteger();

    private final Map<String, String> answers;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final ServerSocket server;
    private final Thread acceptor;

    /** @param answers what each path is answered before the connection goes on; an empty one closes it */
    RawApp(int port, Map<String, String> answers) throws IOException {
        this.answers = answers;
        server = new ServerSocket(port, 500, InetAddress.getLoopbackAddress());
        acceptor = Thread.startVirtualThread(() -> {
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

    private void serve(Socket socket) {
        connections.add(socket);
        try (socket) {
            InputStream in = socket.getInputStream();
            while (true) {
                String head = head(in);
                String line = head.substring(0, head.indexOf('\r'));
                asked.add(line);
                String path = line.split(" ", 3)[1];
                boolean stays = path.equals("/wait") || path.equals("/events");
                if (head.toLowerCase(Locale.ROOT).contains("expect: 100-continue")) {
                    send(socket, "HTTP/1.1 100 Continue\r\n\r\n");
                }
                in.readNBytes(length(head));
                if (path.equals("/events")) {
                    send(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n");
                }
                if (stays) {
                    awaitEnd(in);
                    return;
                }
                String answer = answers.getOrDefault(path, OK);
                if (answer.isEmpty()) {
                    return;
                }
                send(socket, answer);
            }
        } catch (IOException gone) {
            // the caller left
        }
    }

    private void awaitEnd(InputStream in) throws IOException {
        waiting.incrementAndGet();
        try {
            in.read();
        } finally {
            waiting.decrementAndGet();
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        die();
    }

    /** As a process does: with all its connections. */
    void die() throws IOException {
        server.close();
        await().until(() -> !acceptor.isAlive()); // it may have had one more in its hands
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
