package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The cluster's certificate authority, in memory: it signs while the cluster is set up. */
final class Pki {
    private static final Duration LIFETIME = Duration.ofDays(365);
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

    private final KeyPair authorityKeys;
    private final X509Certificate authority;

    Pki() {
        authorityKeys = newKeys();
        authority = sign(new Subject("CN=hamesh-testbed", List.of()), authorityKeys, true);
    }

    /** Whom a certificate is for: a distinguished name, and names like {@code DNS:x} or {@code IP:1.2.3.4}. */
    record Subject(String name, List<String> alternativeNames) {}

    /** A key and its certificate, PEM. */
    record Pair(String certificate, String key) {
        @Override
        public String toString() {
            return "Pair[key hidden]";
        }
    }

    /** The names by which anybody reaches the API server: in pods, on the node, from the host. */
    static Subject apiServer() {
        return new Subject(
                "CN=kube-apiserver",
                List.of(
                        "DNS:kubernetes",
                        "DNS:kubernetes.default",
                        "DNS:kubernetes.default.svc",
                        "DNS:kubernetes.default.svc.cluster.local",
                        "DNS:localhost",
                        "IP:127.0.0.1",
                        "IP:" + Addresses.API_SERVICE,
                        "IP:" + Addresses.NODE,
                        "IP:" + Addresses.NODE_ON_VETH));
    }

    /** Without the node's IP {@code kubectl logs} and {@code exec} fail. */
    static Subject kubelet() {
        return new Subject(
                "O=system:nodes,CN=system:node:" + Addresses.NODE_NAME,
                List.of("DNS:" + Addresses.NODE_NAME, "IP:" + Addresses.NODE, "IP:127.0.0.1"));
    }

    static Subject user(String name) {
        return new Subject(name, List.of());
    }

    String authorityCertificate() {
        return pem(authority);
    }

    Pair issue(Subject subject) {
        return issue(subject, newKeys());
    }

    /** With an RSA key, the only kind that each client library reads without help. */
    Pair issueForAnyClient(Subject subject) {
        return issue(subject, newKeys("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)));
    }

    private Pair issue(Subject subject, KeyPair keys) {
        return new Pair(pem(sign(subject, keys, false)), pemKey(keys));
    }

    /** Writes what the components read: the authority, the API server's and kubelet's pairs, service-account keys. */
    void writeTo(Path folder) {
        Trees.write(folder.resolve("ca.crt"), authorityCertificate());
        Trees.writeSecret(folder.resolve("ca.key"), pemKey(authorityKeys));
        writePair(folder, "apiserver", issue(apiServer()));
        writePair(folder, "apiserver-to-kubelet", issue(user("O=system:masters,CN=kube-apiserver-kubelet-client")));
        writePair(folder, "kubelet", issue(kubelet()));
        var serviceAccounts = newKeys();
        Trees.writeSecret(folder.resolve("sa.key"), pemKey(serviceAccounts));
        Trees.write(folder.resolve("sa.pub"), pem(serviceAccounts.getPublic()));
    }

    X509Certificate authority() {
        return authority;
    }

    private static void writePair(Path folder, String name, Pair pair) {
        Trees.write(folder.resolve(name + ".crt"), pair.certificate());
        Trees.writeSecret(folder.resolve(name + ".key"), pair.key());
    }

    private X509Certificate sign(Subject subject, KeyPair keys, boolean isAuthority) {
        var now = Instant.now();
        // Components read names in the order of the encoding, which BouncyCastle takes from the text.
        var issuer = isAuthority ? new X500Name(subject.name()) : new X500Name("CN=hamesh-testbed");
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minus(CLOCK_SKEW)),
                Date.from(now.plus(LIFETIME)),
                new X500Name(subject.name()),
                keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            builder.addExtension(Extension.keyUsage, true, usage(isAuthority));
            if (!isAuthority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
                }));
            }
            if (!subject.alternativeNames().isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, names(subject.alternativeNames()));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new TestbedException("cannot sign a certificate for " + subject.name(), e);
        }
    }

    private static KeyUsage usage(boolean isAuthority) {
        return new KeyUsage(isAuthority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature);
    }

    private static GeneralNames names(List<String> names) {
        return new GeneralNames(names.stream()
                .map(name -> name.startsWith("IP:")
                        ? new GeneralName(GeneralName.iPAddress, name.substring(3))
                        : new GeneralName(GeneralName.dNSName, name.substring(4)))
                .toArray(GeneralName[]::new));
    }

    private static KeyPair newKeys() {
        return newKeys("EC", new ECGenParameterSpec("secp256r1"));
    }

    private static KeyPair newKeys(String algorithm, AlgorithmParameterSpec parameters) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(parameters);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new TestbedException("cannot make a key", e);
        }
    }

    private static String pemKey(KeyPair keys) {
        try {
            return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
        } catch (IOException e) {
            throw new TestbedException("cannot encode a key", e);
        }
    }

    private static String pem(Object object) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new TestbedException("cannot encode as PEM", e);
        }
        return text.toString();
    }
}
