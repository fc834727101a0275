package io.hamesh.testbed.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Kubeconfig files with certificates in them, so that one file is all that somebody needs. */
final class Kubeconfigs {
    private Kubeconfigs() {}

    static String of(String server, String authority, Pki.Pair user) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: hamesh-testbed
                  cluster: {server: "%s", certificate-authority-data: %s}
                users:
                - name: hamesh-testbed
                  user: {client-certificate-data: %s, client-key-data: %s}
                contexts:
                - name: hamesh-testbed
                  context: {cluster: hamesh-testbed, user: hamesh-testbed}
                current-context: hamesh-testbed
                """.formatted(server, base64(authority), base64(user.certificate()), base64(user.key()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
