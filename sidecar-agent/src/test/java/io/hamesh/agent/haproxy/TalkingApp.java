package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** An application on loopback that says what it is told to say for now, on each connection, and remembers what it saw. */
final class TalkingApp implements AutoCloseable {
    /** What one side does on its connection. */
    interface Script {
        void run(Conversation with) throws IOException, InterruptedException;
    }

    private record Play(Script script, boolean speaksFirst, Semaphore heard, Semaphore told) {}

    private static final Play IDLE = new Play(with -> {}, false, new Semaphore(0), new Semaphore(0));

    private final ServerSocket server;
    private final List<Conversation> open = new CopyOnWriteArrayList<>();
    private volatile Play play = IDLE;
    private volatile Semaphore done = new Semaphore(0);

    TalkingApp(int port) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Play now = play;
                    Conversation with = new Conversation(socket, now.heard(), now.told());
                    open.add(with);
                    Thread.startVirtualThread(() -> serve(with, now));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    /** @param speaksFirst once on each connection, at once; else for each time that something comes on it */
    void play(Script script, boolean speaksFirst, Semaphore heard, Semaphore told) throws IOException {
        for (Conversation each : open) {
            each.close();
        }
        open.clear();
        done = new Semaphore(0);
        play = new Play(script, speaksFirst, heard, told);
    }

    /** Permits as often as the script has ended. */
    Semaphore done() {
        return done;
    }

    List<String> saw() {
        List<String> all = new ArrayList<>();
        open.forEach(each -> all.addAll(each.saw()));
        return all;
    }

    private void serve(Conversation with, Play now) {
        Semaphore ended = done;
        try {
            do {
                if (!now.speaksFirst() && !with.goesOn()) {
                    return;
                }
                now.script().run(with);
                ended.release();
            } while (!now.speaksFirst() && !with.isClosed());
        } catch (IOException gone) {
            ended.release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Conversation each : open) {
            each.close();
        }
    }
}
