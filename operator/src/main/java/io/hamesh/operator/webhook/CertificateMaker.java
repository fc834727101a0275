package io.hamesh.operator.webhook;

import io.hamesh.operator.pem.PemBlocks;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes a CA and one serving certificate under it; the CA's key is thrown away, so nothing else can ever be signed. */
final class CertificateMaker {
    /** Clocks of operator and API server may differ. */
    private static final Duration SKEW = Duration.ofHours(1);

    private static final int NAME_BYTES = 8;

    private final SecureRandom random = new SecureRandom();
    private final Duration lifetime;

    CertificateMaker(Duration lifetime) {
        this.lifetime = lifetime;
    }

    ServingCertificate make(String dnsName, Instant now) {
        try {
            KeyPair ca = keyPair();
            KeyPair leaf = keyPair();
            String caName = caName();
            X509CertificateHolder root = sign(root(caName, ca, now), ca.getPrivate());
            X509CertificateHolder serving = sign(serving(dnsName, caName, leaf, now), ca.getPrivate());
            return new ServingCertificate(
                    PemBlocks.write(PemBlocks.CERTIFICATE, root.getEncoded()),
                    PemBlocks.write(PemBlocks.CERTIFICATE, serving.getEncoded()),
                    PemBlocks.write(PemBlocks.PRIVATE_KEY, leaf.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("the webhook's certificate could not be made", e);
        }
    }

    private X509v3CertificateBuilder root(String caName, KeyPair ca, Instant now) throws IOException {
        return builder(caName, caName, ca, now)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    }

    private X509v3CertificateBuilder serving(String dnsName, String caName, KeyPair leaf, Instant now)
            throws IOException {
        return builder("CN=hamesh-webhook", caName, leaf, now)
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)));
    }

    private X509v3CertificateBuilder builder(String subject, String caName, KeyPair keys, Instant now) {
        return new X509v3CertificateBuilder(
                new X500Name(caName),
                new BigInteger(127, random).add(BigInteger.ONE),
                Date.from(now.minus(SKEW)),
                Date.from(now.plus(lifetime)),
                new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    }

    /** Of this CA alone: OpenSSL, and so HAProxy, finds an issuer by name and tries no second one of the same name. */
    private String caName() {
        byte[] name = new byte[NAME_BYTES];
        random.nextBytes(name);
        return "CN=hamesh-webhook-ca-" + HexFormat.of().formatHex(name);
    }

    private static X509CertificateHolder sign(X509v3CertificateBuilder certificate, PrivateKey key)
            throws OperatorCreationException {
        return certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key));
    }

    private KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }
}
