package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.hamesh.agent.haproxy.config.Pem;
import io.hamesh.agent.snapshot.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody with a certificate of the mesh who keeps to no rule of it: he has one session, and resumes it wherever and
 * whenever he likes. It is openssl's own client.
 */
final class LooseCaller {
    /** Stands in no base64. */
    static final String WORDS = "two words\n";

    static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    /**
     * What he sees.
     *
     * @param resumed whether the handshake succeeded without a certificate
     * @param said openssl's own words among it
     */
    record Answer(boolean resumed, String said) {
        boolean isEcho() {
            return said.contains(WORDS);
        }
    }

    private final Path certificate;
    private final Path session;

    LooseCaller(Path directory, Leaf leaf) throws IOException {
        Path own = Files.createTempDirectory(directory, "caller");
        certificate = Files.writeString(own.resolve("leaf.pem"), Pem.leaf(leaf));
        session = own.resolve("session.pem");
    }

    /** Begins a session. */
    Answer call(int port, String said) throws IOException, InterruptedException {
        return call(port, said, "-sess_out");
    }

    /** Brings the session along. */
    Answer callAgain(int port, String said) throws IOException, InterruptedException {
        return call(port, said, "-sess_in");
    }

    private Answer call(int port, String said, String use) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
        command.addAll(List.of("-cert", certificate.toString(), "-key", certificate.toString()));
        command.addAll(List.of(use, session.toString()));
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            client.getOutputStream().write(said.getBytes(ISO_8859_1));
            client.getOutputStream().flush();
            String answer = untilEcho(client);
            return new Answer(answer.contains("Reused, TLSv1.3"), answer);
        } finally {
            client.destroy();
            client.waitFor();
        }
    }

    /** Or until the connection ends. */
    private static String untilEcho(Process client) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (int c = client.getInputStream().read();
                c >= 0;
                c = client.getInputStream().read()) {
            answer.append((char) c);
            if (c == '\n' && answer.toString().endsWith(WORDS)) {
                break;
            }
        }
        return answer.toString();
    }
}
