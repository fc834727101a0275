package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The only endpoint of one upstream of each mesh. It answers as an application does, by TLS and with any identity. So the
 * same endpoint shows both what is taken and what is refused.
 *
 * @param identity the file with certificate and key that it shows, read at each handshake
 */
record Impostor(Path identity) {
    static final int PORT = 24000;

    static Impostor start(Pod pod, Programs programs, StartedProcesses processes, Path memory) {
        Path identity = memory.resolve("impostor.pem");
        processes.start(
                "impostor",
                pod.enter(List.of(
                        programs.load().toString(),
                        "impostor",
                        "-listen=" + pod.ip() + ":" + PORT,
                        "-identity=" + identity)));
        return new Impostor(identity);
    }

    void show(Leaf leaf) {
        try {
            Path next = identity.resolveSibling("impostor.next");
            Files.writeString(next, leaf.certificate() + leaf.key());
            Files.move(next, identity, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
