package io.hamesh.operator;

import io.hamesh.operator.OpsServer.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** One request and its answer, HTTP/1.1 as far as a GET without a body needs it. */
final class OpsExchange {
    private static final int LARGEST_HEAD = 8192;
    private static final String END_OF_HEAD = "\r\n\r\n";

    private OpsExchange() {}

    /** Answers by the path's route, or says what is wrong; a connection that ends early is left at that. */
    static void answer(Socket socket, Duration within, Map<String, Supplier<Answer>> routes) throws IOException {
        String head = head(socket, System.nanoTime() + within.toNanos());
        if (!head.contains(END_OF_HEAD)) {
            if (head.length() >= LARGEST_HEAD) {
                send(socket, true, new Answer(431, "a head of at most " + LARGEST_HEAD + " bytes is read here\n"));
            }
            return;
        }
        String[] line = head.substring(0, head.indexOf('\r')).split(" ", -1);
        if (line.length != 3 || !line[2].startsWith("HTTP/1.")) {
            send(socket, true, new Answer(400, "no request of HTTP/1.1\n"));
        } else if (!line[0].equals("GET") && !line[0].equals("HEAD")) {
            send(socket, true, new Answer(405, "only GET is answered here\n"));
        } else {
            Supplier<Answer> route =
                    routes.getOrDefault(line[1].split("\\?", 2)[0], () -> new Answer(404, "no such path\n"));
            send(socket, line[0].equals("GET"), route.get());
        }
    }

    private static String head(Socket socket, long deadline) throws IOException {
        byte[] buffer = new byte[LARGEST_HEAD];
        int length = 0;
        InputStream in = socket.getInputStream();
        String head = "";
        while (length < buffer.length && !head.contains(END_OF_HEAD)) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new SocketTimeoutException("no whole head in time");
            }
            socket.setSoTimeout((int) left);
            int read = in.read(buffer, length, buffer.length - length);
            if (read < 0) {
                return head;
            }
            length += read;
            head = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        }
        return head;
    }

    private static void send(Socket socket, boolean withBody, Answer answer) throws IOException {
        byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
        String head = """
                HTTP/1.1 %d %s\r
                Content-Type: text/plain; version=0.0.4; charset=utf-8\r
                Content-Length: %d\r
                Connection: close\r
                \r
                """.formatted(answer.status(), answer.status() == 200 ? "OK" : "Not OK", body.length);
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        if (withBody) {
            out.write(body);
        }
        out.flush();
        socket.shutdownOutput();
    }
}
