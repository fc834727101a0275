package io.hamesh.operator;

import io.hamesh.model.ClusterDns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the operator's own pod resolves names. */
final class OwnDns {
    private static final Logger LOG = LoggerFactory.getLogger(OwnDns.class);
    private static final Path FILE = Path.of("/etc/resolv.conf");

    private OwnDns() {}

    /** The cluster's DNS; empty where the operator runs with another, or outside. */
    static Optional<ClusterDns> read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(FILE);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", FILE)
                    .addKeyValue("error", e.getMessage())
                    .log("own DNS not known");
            return Optional.empty();
        }
        Optional<ClusterDns> dns = ClusterDns.ofPod(lines);
        if (dns.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("fix", "run the operator with dnsPolicy ClusterFirst")
                    .log("pods with a DNS of their own are not told the cluster's");
        }
        return dns;
    }
}
