package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between two sidecars on loopback and passes on what they say. */
abstract class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /** @param port 0 for any */
    Relay(int port, int target) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        this.target = target;
    }

    /** Called once at the end of each constructor, because it hands on the relay to another thread. */
    final void start() {
        Thread.startVirtualThread(this::accept);
    }

    final int port() {
        return server.getLocalPort();
    }

    /** Begins to pass on, both ways, and returns. */
    abstract void connect(Socket client, Socket behind);

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(behind);
                connect(client, behind);
            } catch (IOException closed) {
                // the next one may be taken
            }
        }
    }

    /** @param before done with each piece, before it is passed on */
    static void pass(Socket from, Socket to, Runnable before) {
        try (from;
                to) {
            byte[] bytes = new byte[65_536];
            for (int length = from.getInputStream().read(bytes);
                    length > 0;
                    length = from.getInputStream().read(bytes)) {
                before.run();
                to.getOutputStream().write(bytes, 0, length);
            }
        } catch (IOException gone) {
            // both ends are closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
