package io.hamesh.agent.haproxy.config;

import io.hamesh.model.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The pod's secret that turns a SPIFFE id into the DNS name HAProxy can check. The identity shim in the HAProxy image
 * computes the same name from a server's certificate; nobody without the secret can have a CA sign it in advance.
 *
 * @param hex 32 random bytes
 */
public record Salt(String hex) {
    private static final int BYTES = 32;

    public Salt {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("the salt is not 64 hexadecimal digits");
        }
    }

    public static Salt random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new Salt(HexFormat.of().formatHex(bytes));
    }

    /** What {@code verifyhost} must match for a server that is to be {@code identity}. */
    String nameOf(SpiffeId identity) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] digest = sha256.digest((hex + identity.uri()).getBytes(StandardCharsets.US_ASCII));
            // `id.` keeps the hash out of the leftmost label, where a wildcard in a certificate would match it.
            return "id." + HexFormat.of().formatHex(digest) + ".spiffe.invalid";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Salt[hidden]";
    }
}
