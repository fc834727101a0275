package io.hamesh.testbed.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A short name for content: the first twelve hexadecimal digits of its SHA-256. */
public final class Digest {
    private static final int DIGITS = 12;

    private final MessageDigest sha256;

    public Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public Digest add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Each part counts with its length, so that "ab","c" and "a","bc" differ. */
    public Digest add(byte[] part) {
        sha256.update((part.length + ":").getBytes(StandardCharsets.UTF_8));
        sha256.update(part);
        return this;
    }

    public String key() {
        return HexFormat.of().formatHex(sha256.digest()).substring(0, DIGITS);
    }
}
