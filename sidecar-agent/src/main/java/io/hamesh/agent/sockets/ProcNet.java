package io.hamesh.agent.sockets;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The listening sockets by the files {@code tcp} and {@code tcp6} of {@code /proc/net}, which every kernel has. Linux walks
 * the table of all connections of the node for each.
 */
final class ProcNet implements PodSockets.Listing {
    private final Path directory;
    private final ProcNetTcp lines = new ProcNetTcp(ByteOrder.nativeOrder());

    ProcNet(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<ListeningSocket> listening() throws IOException {
        List<ListeningSocket> found = new ArrayList<>();
        read("tcp", found);
        if (Files.exists(directory.resolve("tcp6"))) {
            read("tcp6", found);
        }
        return found;
    }

    private void read(String file, List<ListeningSocket> found) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(directory.resolve(file), StandardCharsets.US_ASCII)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.parse(line).ifPresent(found::add);
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}
