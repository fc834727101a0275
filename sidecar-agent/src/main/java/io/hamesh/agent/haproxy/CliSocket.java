package io.hamesh.agent.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A command line behind a UNIX domain socket: a connection a command, so that an answer can be of no other. */
final class CliSocket implements Cli {
    private final Path socket;
    private final Duration patience;

    CliSocket(Path socket, Duration patience) {
        this.socket = socket;
        this.patience = patience;
    }

    @Override
    public String ask(String command) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
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

    private String answer(SocketChannel channel, Selector selector, long deadline) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(8192);
        while (true) {
            await(selector, deadline);
            int read = channel.read(in);
            if (read < 0) {
                return answer.toString(StandardCharsets.UTF_8);
            }
            answer.write(in.array(), 0, in.position());
            in.clear();
        }
    }

    private void await(Selector selector, long deadline) throws IOException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0 || selector.select(left) == 0) {
            throw new SocketTimeoutException(
                    "no answer on " + socket.getFileName() + " within " + patience.toSeconds() + " s");
        }
        selector.selectedKeys().clear();
    }
}
