package io.hamesh.haproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the socket owes its callers, whatever is behind it. The modules that use it try it on the real HAProxy. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // no interrupt ends a blocking connect
class CliSocketTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int BACKLOG = 1;

    /** More than a socket's buffers hold. */
    private static final String LARGE = "0123456789abcde\n".repeat(100_000);

    /** What is behind the socket, for one connection. */
    private interface Behind {
        void serve(SocketChannel connection) throws IOException, InterruptedException;
    }

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private Path path;
    private ServerSocketChannel server;

    @BeforeEach
    void listen(@TempDir Path folder) throws IOException {
        path = folder.resolve("admin.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), BACKLOG);
    }

    @AfterEach
    void close() throws IOException {
        over.countDown();
        server.close();
    }

    @Test
    void eachCommandHasItsOwnConnectionAndItsWholeAnswer() throws Exception {
        serve(connection -> answer(connection, command -> "answer to " + command));
        CliSocket cli = new CliSocket(path, PATIENCE);
        assertThat(cli.ask("show info")).isEqualTo("answer to show info\n");
        assertThat(cli.ask("show stat")).isEqualTo("answer to show stat\n");
        assertThat(received).containsExactly("show info\n", "show stat\n");
    }

    @Test
    void payloadAndAnswerMayBeLargerThanAnyBuffer() throws Exception {
        serve(connection -> answer(connection, command -> LARGE));
        assertThat(new CliSocket(path, Duration.ofSeconds(20)).ask("add map x <<\n" + LARGE))
                .isEqualTo(LARGE);
        assertThat(received).containsExactly("add map x <<\n" + LARGE + "\n");
    }

    @Test
    void silenceEndsInAnErrorThatNamesTheSocket() throws Exception {
        serve(connection -> over.await());
        assertThatThrownBy(() -> new CliSocket(path, PATIENCE).ask("show info"))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("no answer on admin.sock within 1 s");
    }

    /** A HAProxy that is frozen accepts nothing. */
    @Test
    void connectingDoesNotProlongThePatience() throws Exception {
        fillBacklog();
        assertThatThrownBy(() -> new CliSocket(path, PATIENCE).ask("show info"))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("no answer on admin.sock within 1 s");
    }

    @Test
    void connectsOnceThereIsRoom() throws Exception {
        fillBacklog();
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread asker = Thread.ofPlatform().start(() -> {
            try {
                answer.complete(new CliSocket(path, Duration.ofSeconds(20)).ask("show info"));
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        while (asker.getState() != Thread.State.TIMED_WAITING && asker.isAlive()) {
            Thread.onSpinWait();
        }
        serve(connection -> answer(connection, command -> "answer to " + command));
        assertThat(answer.get()).isEqualTo("answer to show info\n");
    }

    @Test
    void answerThatNeverEndsDoesNotProlongThePatience() throws Exception {
        serve(connection -> {
            do {
                connection.write(ByteBuffer.wrap("more\n".getBytes(UTF_8)));
            } while (!over.await(50, TimeUnit.MILLISECONDS));
        });
        assertThatThrownBy(() -> new CliSocket(path, PATIENCE).ask("show info"))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void socketThatIsNotThereIsAnErrorAtOnce() {
        assertThatThrownBy(() -> new CliSocket(path.resolveSibling("other.sock"), PATIENCE).ask("show info"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
    }

    private void serve(Behind behind) {
        Thread.startVirtualThread(() -> {
            while (server.isOpen()) {
                try (SocketChannel connection = server.accept()) {
                    behind.serve(connection);
                } catch (IOException | InterruptedException gone) {
                    // the caller lost patience, or the test is over
                }
            }
        });
    }

    /** With connections that are closed already; nobody accepts them. */
    private void fillBacklog() throws IOException {
        boolean room = true;
        while (room) {
            try (SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                connection.configureBlocking(false);
                room = connection.connect(UnixDomainSocketAddress.of(path));
            } catch (SocketException full) {
                room = false;
            }
        }
    }

    /** As HAProxy's master does: it reads commands until there are no more, and answers then. */
    private void answer(SocketChannel connection, UnaryOperator<String> answer) throws IOException {
        String command = new String(Channels.newInputStream(connection).readAllBytes(), UTF_8);
        received.add(command);
        Channels.newOutputStream(connection).write(answer.apply(command).getBytes(UTF_8));
    }
}
