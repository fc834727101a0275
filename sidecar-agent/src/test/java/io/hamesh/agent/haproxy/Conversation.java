package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One side of a connection, byte by byte, and what it saw of the other. Heads are told apart by what they mean alone. */
final class Conversation implements Closeable {
    private static final int SHORT = 200;

    private final Socket socket;
    private final BufferedInputStream in;
    private final Semaphore heard;
    private final Semaphore told;
    private final List<String> saw = Collections.synchronizedList(new ArrayList<>());

    /** @param heard what the other side told, past the connection */
    Conversation(Socket socket, Semaphore heard, Semaphore told) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.heard = heard;
        this.told = told;
        socket.setSoTimeout(8000);
        socket.setTcpNoDelay(true);
    }

    List<String> saw() {
        return List.copyOf(saw);
    }

    void say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    void note(String what) {
        saw.add(what);
    }

    /** Whether another byte comes before the end, however long that takes. */
    boolean goesOn() throws IOException {
        socket.setSoTimeout(0);
        in.mark(1);
        boolean more = in.read() >= 0;
        in.reset();
        socket.setSoTimeout(8000);
        return more;
    }

    /** Start line and headers: names in lower case and in order of the alphabet, values in that of their coming. */
    String head() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                saw.add("end within a head after " + text);
                throw new IOException("end");
            }
            text.append((char) c);
        }
        List<String> lines = text.toString().lines().toList();
        List<String> headers = lines.subList(1, lines.size() - 1).stream()
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT) + ": "
                        + line.substring(line.indexOf(':') + 1).strip())
                .sorted(Comparator.comparing(line -> line.substring(0, line.indexOf(':'))))
                .toList();
        saw.add("> " + shortened(lines.getFirst()));
        headers.forEach(header -> saw.add(shortened(header)));
        return text.toString();
    }

    /** The status alone, of a head that the mesh may word as it likes. */
    void status() throws IOException {
        int before = saw.size();
        head();
        String status = saw.get(before).replaceFirst("(> \\S+ \\S+) .*", "$1");
        saw.subList(before, saw.size()).clear();
        saw.add(status);
    }

    void body(int length) throws IOException {
        byte[] body = in.readNBytes(length);
        saw.add("body: " + shortened(new String(body, ISO_8859_1)));
    }

    /** However it was cut into chunks. */
    void chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = size(line()); size > 0; size = size(line())) {
            body.append(new String(in.readNBytes(size), ISO_8859_1));
            line();
        }
        saw.add("chunks: " + shortened(body.toString()));
        for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
            saw.add("trailer: " + trailer.toLowerCase(Locale.ROOT));
        }
    }

    private static int size(String line) {
        return Integer.parseInt(line.replaceFirst(";.*", ""), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** All that comes, up to the end. */
    void rest() throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                text.append((char) c);
            }
            saw.add("rest: " + shortened(text.toString()));
        } catch (SocketTimeoutException silence) {
            saw.add("no end after: " + shortened(text.toString()));
        }
    }

    /** Whether the end comes within that time, and nothing before it. */
    void end(long milliseconds) throws IOException {
        socket.setSoTimeout((int) milliseconds);
        try {
            int c = in.read();
            saw.add(c < 0 ? "end" : "not the end: " + (char) c);
        } catch (SocketTimeoutException silence) {
            saw.add("no end");
        } catch (IOException reset) {
            saw.add("end");
        }
        socket.setSoTimeout(8000);
    }

    /** To the other side, past the connection. */
    void tell() {
        told.release();
    }

    void hear() throws InterruptedException {
        if (!heard.tryAcquire(8, TimeUnit.SECONDS)) {
            saw.add("the other side told nothing");
        }
    }

    /** What is slow is slow: the time itself is what is tried. */
    void pause(long milliseconds) throws InterruptedException {
        Thread.sleep(milliseconds);
    }

    void finish() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    private static String shortened(String text) {
        return text.length() <= SHORT
                ? text
                : text.substring(0, SHORT) + "… " + text.length() + " bytes, hash " + text.hashCode();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
