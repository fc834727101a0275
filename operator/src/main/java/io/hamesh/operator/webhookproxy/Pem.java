package io.hamesh.operator.webhookproxy;

import io.hamesh.operator.pem.PemBlocks;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Certificates, as HAProxy tells them apart; a key may be among them. */
record Pem(String text) {
    /** Of each certificate, in their order: SHA-1, as {@code show ssl cert} writes it. */
    List<String> fingerprints() {
        return PemBlocks.of(PemBlocks.CERTIFICATE, text).stream()
                .map(Pem::fingerprint)
                .toList();
    }

    private static String fingerprint(byte[] der) {
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(der));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "Pem[" + text.length() + " characters]"; // never the key
    }
}
