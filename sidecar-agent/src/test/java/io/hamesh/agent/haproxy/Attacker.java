package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Somebody who opens connections from addresses of his choice, says what he likes on them, and keeps them. */
final class Attacker implements AutoCloseable {
    private final List<Socket> held = new ArrayList<>();
    private final int port;

    Attacker(int port) {
        this.port = port;
    }

    /** Opens and keeps so many, silent. */
    void hold(int connections, String source) throws IOException {
        hold(connections, source, "");
    }

    /** The same, with the same bytes said on each. */
    void hold(int connections, String source, String said) throws IOException {
        for (int i = 0; i < connections; i++) {
            try {
                Socket socket = connect(port, source);
                held.add(socket);
                socket.getOutputStream().write(said.getBytes(US_ASCII));
            } catch (ConnectException nobodyListens) {
                throw nobodyListens;
            } catch (SocketException refused) {
                // what was refused holds nothing; the reset may come before the connection is there
            }
        }
    }

    /** How many of them HAProxy has not ended. */
    long open() {
        return held.stream().filter(socket -> !ended(socket)).count();
    }

    /** The statuses of the answers that began, in the order of the connections; nothing more is read of them. */
    List<String> statuses() throws IOException {
        List<String> statuses = new ArrayList<>();
        for (Socket socket : held) {
            socket.setSoTimeout(5000);
            String line = new String(socket.getInputStream().readNBytes("HTTP/1.1 200".length()), US_ASCII);
            statuses.add(line.substring(line.indexOf(' ') + 1));
        }
        return statuses;
    }

    /** How many are open and were told nothing. */
    long unanswered() {
        return held.stream().filter(Attacker::isSilent).count();
    }

    private static boolean isSilent(Socket socket) {
        try {
            socket.setSoTimeout(1);
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException silence) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    int opened() {
        return held.size();
    }

    static Socket connect(int port, String source) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(source), 0);
        socket.setSoTimeout(2000);
        return socket;
    }

    private static boolean ended(Socket socket) {
        try {
            socket.setSoTimeout(1);
            while (socket.getInputStream().read() >= 0) {
                // an answer before the end
            }
            return true;
        } catch (SocketTimeoutException silence) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : held) {
            socket.close();
        }
        held.clear();
    }
}
