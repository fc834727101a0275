package io.hamesh.operator.front;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Certificates, as HAProxy tells them apart; a key may be among them. */
record Pem(String text) {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

    /** Of each certificate: SHA-1, as {@code show ssl cert} writes it. */
    Set<String> fingerprints() {
        Set<String> all = new TreeSet<>();
        CERTIFICATE.matcher(text).results().forEach(match -> all.add(fingerprint(match.group())));
        return all;
    }

    private static String fingerprint(String pem) {
        try {
            Certificate certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a certificate", e);
        }
    }

    @Override
    public String toString() {
        return "Pem[" + text.length() + " characters]"; // never the key
    }
}
