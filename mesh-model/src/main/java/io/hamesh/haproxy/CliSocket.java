package io.hamesh.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * HAProxy's command line behind its UNIX socket. Each command has a connection of its own, so answers cannot be mixed
 * up.
 */
public final class CliSocket implements Cli {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Path socket;
    private final Duration patience;

    /** @param patience how long one command may take, from the connection to the end of the answer */
    public CliSocket(Path socket, Duration patience) {
        this.socket = socket;
        this.patience = patience;
    }

    /** @throws SocketTimeoutException when the answer is not whole in time; names the socket's file */
    @Override
    public String ask(String command) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (SocketChannel channel = connect(deadline);
                Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer out = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                await(selector, deadline);
                channel.write(out);
            }
            // The master's command line waits for another command otherwise.
            channel.shutdownOutput();
            key.interestOps(SelectionKey.OP_READ);
            return answer(channel, selector, deadline);
        }
    }

    /**
     * A connection that does not block. HAProxy has a bound for connections that it has not accepted yet. Beyond it a
     * blocking connect would wait without limit, so another one is tried.
     */
    private SocketChannel connect(long deadline) throws IOException {
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            boolean connected = false;
            try {
                channel.configureBlocking(false);
                connected = channel.connect(UnixDomainSocketAddress.of(socket));
                if (connected) {
                    return channel;
                }
            } catch (SocketException e) {
                if (!isBacklogFull(e)) {
                    throw e;
                }
            } finally {
                if (!connected) {
                    channel.close();
                }
            }
            pause(deadline);
        }
    }

    /** EAGAIN, for which the JDK has no class. Its message depends on the machine's language. */
    private boolean isBacklogFull(SocketException e) {
        return e.getClass() == SocketException.class && Files.exists(socket);
    }

    private void pause(long deadline) throws IOException {
        if (System.nanoTime() + PAUSE.toNanos() > deadline) {
            throw late();
        }
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while connecting to " + socket.getFileName());
        }
    }

    private String answer(SocketChannel channel, Selector selector, long deadline) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(8192);
        while (true) {
            await(selector, deadline);
            if (channel.read(in) < 0) {
                return answer.toString(StandardCharsets.UTF_8);
            }
            answer.write(in.array(), 0, in.position());
            in.clear();
        }
    }

    private void await(Selector selector, long deadline) throws IOException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0 || selector.select(left) == 0) {
            throw late();
        }
        selector.selectedKeys().clear();
    }

    private SocketTimeoutException late() {
        return new SocketTimeoutException(
                "no answer on " + socket.getFileName() + " within " + patience.toSeconds() + " s");
    }
}
