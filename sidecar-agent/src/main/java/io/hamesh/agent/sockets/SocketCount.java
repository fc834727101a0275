package io.hamesh.agent.sockets;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How many TCP sockets of one family the pod has, connections included, by {@code /proc/net/sockstat}. Cheap to read, and it
 * nearly always changes when somebody begins or stops to listen. Asked every two seconds: the file stays open, the bytes are
 * read as they are.
 */
final class SocketCount {
    private static final int FIRST_LINES = 256;

    private final Path file;
    private final byte[] inUse;
    private final byte[] text = new byte[FIRST_LINES];
    private @Nullable RandomAccessFile open;

    private SocketCount(Path file, String inUse) {
        this.file = file;
        this.inUse = inUse.getBytes(StandardCharsets.US_ASCII);
    }

    static SocketCount ofIpv4(Path procNet) {
        return new SocketCount(procNet.resolve("sockstat"), "TCP: inuse ");
    }

    static SocketCount ofIpv6(Path procNet) {
        return new SocketCount(procNet.resolve("sockstat6"), "TCP6: inuse ");
    }

    /** 0 where the kernel has no such family. */
    int read() throws IOException {
        RandomAccessFile stream = open;
        if (stream == null) {
            try {
                stream = new RandomAccessFile(file.toFile(), "r");
            } catch (FileNotFoundException e) {
                return 0;
            }
            open = stream;
        }
        stream.seek(0);
        return number(stream.read(text));
    }

    private int number(int length) {
        for (int start = 0; start + inUse.length < length; start++) {
            if (isAt(start)) {
                int number = 0;
                for (int i = start + inUse.length; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
                    number = 10 * number + text[i] - '0';
                }
                return number;
            }
        }
        return 0;
    }

    private boolean isAt(int start) {
        for (int i = 0; i < inUse.length; i++) {
            if (text[start + i] != inUse[i]) {
                return false;
            }
        }
        return true;
    }
}
