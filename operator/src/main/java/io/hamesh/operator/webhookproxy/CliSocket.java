package io.hamesh.operator.webhookproxy;

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

/** HAProxy's command line behind its UNIX domain socket: a connection a command. */
final class CliSocket {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Path socket;

    CliSocket(Path socket) {
        this.socket = socket;
    }

    /** The whole answer; a payload goes with the command, after {@code <<} and a line end. */
    String ask(String command) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            ByteBuffer out = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                await(selector, deadline);
                channel.write(out);
            }
            key.interestOps(SelectionKey.OP_READ);
            return answer(channel, selector, deadline);
        }
    }

    private static String answer(SocketChannel channel, Selector selector, long deadline) throws IOException {
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

    private static void await(Selector selector, long deadline) throws IOException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0 || selector.select(left) == 0) {
            throw new SocketTimeoutException("HAProxy does not answer within " + PATIENCE.toSeconds() + " s");
        }
        selector.selectedKeys().clear();
    }
}
