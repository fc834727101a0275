package io.hamesh.agent.dns;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One question for addresses and its answer, as RFC 1035 section 4 writes them. */
final class DnsMessage {
    static final short A = 1;
    static final short AAAA = 28;

    private static final int HEADER = 12;
    private static final short INTERNET = 1;
    private static final short RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE = 0x8000;
    private static final int CODE = 0x000f;
    private static final int NO_SUCH_NAME = 3;
    private static final int POINTER = 0xc0;
    private static final int LONGEST_LABEL = 63;

    private final short id;
    private final byte[] question;

    private DnsMessage(short id, byte[] question) {
        this.id = id;
        this.question = question;
    }

    /**
     * A question for the addresses of a whole name.
     *
     * @throws UnknownHostException for what cannot be a name
     */
    static DnsMessage ask(short id, String name, short type) throws UnknownHostException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : name.split("[.]", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length == 0 || bytes.length > LONGEST_LABEL) {
                throw new UnknownHostException(name + ": no name in DNS");
            }
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        out.writeBytes(ByteBuffer.allocate(5)
                .put((byte) 0)
                .putShort(type)
                .putShort(INTERNET)
                .array());
        return new DnsMessage(id, out.toByteArray());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(HEADER + question.length)
                .putShort(id)
                .putShort(RECURSION_DESIRED)
                .putShort((short) 1)
                .putShort((short) 0)
                .putInt(0)
                .put(question)
                .array();
    }

    /** Whether these bytes answer this very question. */
    boolean isAnsweredBy(ByteBuffer answer) {
        return answer.limit() >= HEADER + question.length
                && answer.getShort(0) == id
                && (answer.getShort(2) & RESPONSE) != 0
                && answer.getShort(4) == 1
                && answer.slice(HEADER, question.length).equals(ByteBuffer.wrap(question));
    }

    /**
     * The addresses in the answer; none where the name has none of that type, or is none.
     *
     * @throws UnknownHostException where the server cannot say
     */
    List<InetAddress> addresses(ByteBuffer answer) throws UnknownHostException {
        int code = answer.getShort(2) & CODE;
        if (code != 0 && code != NO_SUCH_NAME) {
            throw new UnknownHostException("the DNS server answered with code " + code);
        }
        short type = ByteBuffer.wrap(question).getShort(question.length - 4);
        int records = Short.toUnsignedInt(answer.getShort(6));
        List<InetAddress> addresses = new ArrayList<>();
        try {
            answer.position(HEADER + question.length);
            for (int i = 0; i < records; i++) {
                skipName(answer);
                short found = answer.getShort();
                answer.position(answer.position() + 6); // class and time to live
                byte[] data = new byte[Short.toUnsignedInt(answer.getShort())];
                answer.get(data);
                if (found == type && data.length == (type == A ? 4 : 16)) {
                    addresses.add(InetAddress.getByAddress(data));
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return addresses; // cut short: what is whole counts
        }
        return addresses;
    }

    private static void skipName(ByteBuffer answer) {
        int length = Byte.toUnsignedInt(answer.get());
        while (length != 0) {
            if (length >= POINTER) {
                answer.get();
                return;
            }
            answer.position(answer.position() + length);
            length = Byte.toUnsignedInt(answer.get());
        }
    }
}
