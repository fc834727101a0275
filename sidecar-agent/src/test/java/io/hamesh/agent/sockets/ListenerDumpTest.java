package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerDumpTest {
    private static final short SOCKET = 20;
    private static final short ERROR = 2;
    private static final short DONE = 3;
    private static final short OVERRUN = 4;
    private static final int MULTI = 2;
    private static final int INTERRUPTED = 0x10;
    private static final String ANYWHERE = "00000000";

    private final ListenerDump dump = new ListenerDump();
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    @ParameterizedTest
    @CsvSource({
        "2, 7f000001, true",
        "2, 7f000035, true", // 127.0.0.53
        "2, 00000000, false",
        "2, 0af40007, false", // 10.244.0.7
        "2, 0100007f, false", // 1.0.0.127
        "10, 00000000000000000000000000000001, true",
        "10, 00000000000000000000000000000000, false", // every address of both families
        "10, 00000000000000000000ffff7f000001, true", // ::ffff:127.0.0.1
        "10, 00000000000000000000ffff0af40007, false",
        "10, fd000000000000000000000000000001, false"
    })
    void tellsLoopbackFromTheRestOnMachinesOfBothOrders(byte family, String address, boolean loopback)
            throws IOException {
        for (ByteOrder each : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            order = each;
            ListenerDump answer = new ListenerDump();
            answer.read(socket(family, address, 40000, MULTI).flip());
            assertThat(answer.found()).containsExactly(new ListeningSocket(40000, loopback, 1000));
            assertThat(answer.isDone()).isFalse();
        }
    }

    @Test
    void partsAddUpUntilTheLast() throws IOException {
        dump.read(parts(socket((byte) 2, ANYWHERE, 1, MULTI), socket((byte) 2, ANYWHERE, 2, MULTI)));
        assertThat(dump.isDone()).isFalse();
        dump.read(parts(socket((byte) 2, ANYWHERE, 3, MULTI), message(DONE, MULTI, new byte[4])));
        assertThat(dump.isDone()).isTrue();
        assertThat(dump.isInterrupted()).isFalse();
        assertThat(dump.found()).extracting(ListeningSocket::port).containsExactly(1, 2, 3);
    }

    @Test
    void attributesThatFollowAreSkippedWhateverTheirLength() throws IOException {
        ByteBuffer first = socket((byte) 2, ANYWHERE, 1, MULTI);
        ByteBuffer longer = ByteBuffer.allocate(128).order(order).put(first.flip());
        longer.putInt(0, 16 + 72 + 5); // five bytes of an attribute, then up to the next multiple of four
        longer.position(16 + 72 + 8);
        dump.read(parts(longer, socket((byte) 2, ANYWHERE, 2, MULTI)));
        assertThat(dump.found()).extracting(ListeningSocket::port).containsExactly(1, 2);
    }

    @Test
    void listThatChangedMeanwhileIsKnownAsSuch() throws IOException {
        dump.read(parts(socket((byte) 2, ANYWHERE, 1, MULTI | INTERRUPTED), message(DONE, MULTI, new byte[4])));
        assertThat(dump.isDone()).isTrue();
        assertThat(dump.isInterrupted()).isTrue();
    }

    @Test
    void refusalsNameTheirErrno() {
        byte[] noEntry = ByteBuffer.allocate(20).order(order).putInt(-2).array();
        assertThatThrownBy(() -> dump.read(parts(message(ERROR, 0, noEntry)))).hasMessageContaining("errno 2");
        assertThatThrownBy(() -> dump.read(parts(message(DONE, MULTI, noEntry))))
                .hasMessageContaining("errno 2");
    }

    @Test
    void whatIsNoAnswerIsAnErrorAndNoEndlessLoop() {
        refused(ByteBuffer.allocate(0), "in 0");
        refused(ByteBuffer.allocate(8), "in 8");
        refused(ByteBuffer.allocate(64), "a message of 0 bytes");
        refused(parts(socket((byte) 2, ANYWHERE, 1, MULTI)).limit(60), "a message of 88 bytes in 60");
        refused(parts(message(SOCKET, MULTI, new byte[71])), "71 bytes about a socket");
        refused(parts(message(OVERRUN, 0, new byte[0])), "type 4");
        refused(parts(message(ERROR, 0, new byte[4])), "acknowledgement");
    }

    private void refused(ByteBuffer part, String why) {
        assertThatThrownBy(() -> new ListenerDump().read(part.order(order)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    private ByteBuffer parts(ByteBuffer... messages) {
        ByteBuffer all = ByteBuffer.allocate(1024).order(order);
        for (ByteBuffer message : messages) {
            all.put(message.flip());
        }
        return all.flip();
    }

    /** {@code struct inet_diag_msg}. */
    private ByteBuffer socket(byte family, String address, int port, int flags) {
        ByteBuffer body = ByteBuffer.allocate(72).order(order);
        body.put(0, family).put(1, (byte) 10);
        body.duplicate().order(ByteOrder.BIG_ENDIAN).putShort(4, (short) port);
        body.put(8, HexFormat.of().parseHex(address));
        body.putInt(64, 1000);
        return message(SOCKET, flags, body.array());
    }

    private ByteBuffer message(short type, int flags, byte[] body) {
        return ByteBuffer.allocate(16 + body.length)
                .order(order)
                .putInt(16 + body.length)
                .putShort(type)
                .putShort((short) flags)
                .putLong(0)
                .put(body);
    }
}
