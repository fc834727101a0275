package io.hamesh.operator.webhook;

import io.hamesh.operator.pem.PemBlocks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What the webhook serves with, and what the API server trusts.
 *
 * @param caPem every CA to trust: the one that signed, and during a renewal the one before
 * @param certificatePem the leaf
 * @param keyPem its key, PKCS#8
 */
record ServingCertificate(String caPem, String certificatePem, String keyPem) {
    X509Certificate certificate() throws GeneralSecurityException {
        byte[] pem = certificatePem.getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    PrivateKey key() throws GeneralSecurityException {
        byte[] key = PemBlocks.of(PemBlocks.PRIVATE_KEY, keyPem).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no private key"));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key));
    }

    /** The CA that signed the leaf: it comes first. Empty where somebody has spoilt the text. */
    String ownCa() {
        try {
            return PemBlocks.of(PemBlocks.CERTIFICATE, caPem).stream()
                    .findFirst()
                    .map(der -> PemBlocks.write(PemBlocks.CERTIFICATE, der))
                    .orElse("");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The same leaf, with the other's CA trusted too, so that replicas which still serve the other stay trusted. */
    ServingCertificate trusting(ServingCertificate other) {
        return caPem.contains(other.ownCa())
                ? this
                : new ServingCertificate(caPem + other.ownCa(), certificatePem, keyPem);
    }

    boolean hasLeafOf(ServingCertificate other) {
        return certificatePem.equals(other.certificatePem);
    }

    Instant end() throws GeneralSecurityException {
        return certificate().getNotAfter().toInstant();
    }

    /** For a client that trusts the CA of this leaf, and no other. */
    SSLContext trust() throws GeneralSecurityException, IOException {
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        byte[] pem = ownCa().getBytes(StandardCharsets.US_ASCII);
        roots.setCertificateEntry(
                "ca", CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Whether it can serve {@code dnsName} for at least {@code margin} more; false too where it cannot be read. */
    boolean isGood(String dnsName, Instant now, Duration margin) {
        try {
            key();
            X509Certificate certificate = certificate();
            return certificate.getNotAfter().toInstant().isAfter(now.plus(margin))
                    && certificate.getSubjectAlternativeNames() != null
                    && certificate.getSubjectAlternativeNames().stream().anyMatch(name -> dnsName.equals(name.get(1)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "ServingCertificate[" + certificatePem.length() + " characters]"; // never the key
    }
}
