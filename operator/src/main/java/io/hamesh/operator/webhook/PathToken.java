package io.hamesh.operator.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The part of the webhook's path that nobody can guess. It follows from the certificate's key, so that all replicas know
 * it from the Secret that they share, it changes with the certificate, and an operator of a release before this one,
 * which writes the Secret without knowing of paths, takes nothing away.
 *
 * @param hex 32 digits in lower case
 */
record PathToken(String hex) {
    static final String DIGITS = "[0-9a-f]{32}";
    private static final String PURPOSE = "hamesh webhook path\n";

    static PathToken of(ServingCertificate certificate) {
        return new PathToken(
                HexFormat.of().formatHex(sha256(PURPOSE + certificate.keyPem())).substring(0, 32));
    }

    /** Where to ask what operators know as {@code plain}, for example {@code /inject}. */
    String path(String plain) {
        return "/" + hex + plain;
    }

    /** By which HAProxy knows it: a look-up by hash tells nothing by the time that it takes. */
    String hash() {
        return HexFormat.of().withUpperCase().formatHex(sha256(hex));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JVM without SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "PathToken"; // a secret
    }
}
