package io.hamesh.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTest {
    private final Pki pki = new Pki();

    @Test
    void apiServerIsKnownByEachNameThatSomebodyUses() throws CertificateException {
        assertThat(names(certificate(Pki.apiServer())))
                .contains(
                        "kubernetes.default.svc",
                        "127.0.0.1",
                        Addresses.API_SERVICE,
                        Addresses.NODE,
                        Addresses.NODE_ON_VETH);
    }

    @Test
    void kubeletIsANodeAndHasItsAddress() throws CertificateException {
        var certificate = certificate(Pki.kubelet());
        assertThat(names(certificate)).contains(Addresses.NODE_NAME, Addresses.NODE);
        assertThat(certificate.getSubjectX500Principal().getName())
                .contains("CN=system:node:" + Addresses.NODE_NAME, "O=system:nodes");
    }

    @Test
    void certificatesAreSignedByTheAuthorityForBothSides() throws CertificateException {
        var certificate = certificate(Pki.user("O=system:masters,CN=admin"));
        assertThatCode(() -> certificate.verify(pki.authority().getPublicKey())).doesNotThrowAnyException();
        assertThat(certificate.getExtendedKeyUsage()).hasSize(2);
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(pki.authority().getBasicConstraints()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void keysAreReadableByTheirOwnerOnly(@TempDir Path folder) throws java.io.IOException {
        pki.writeTo(folder);
        for (var name : List.of("ca.key", "apiserver.key", "kubelet.key", "sa.key")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(folder.resolve("sa.pub")).content().startsWith("-----BEGIN PUBLIC KEY-----");
    }

    @Test
    void kubernetesClientReadsTheKubeconfig() {
        var text = Kubeconfigs.of(
                "https://127.0.0.1:1", pki.authorityCertificate(), pki.issueForAnyClient(Pki.user("CN=admin")));
        assertThatCode(() -> {
                    var config = Config.fromKubeconfig(text);
                    SSLUtils.keyManagers(config);
                    SSLUtils.trustManagers(config);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void keyPairsDoNotTellTheirKey() {
        assertThat(pki.issue(Pki.kubelet()).toString()).doesNotContain("BEGIN");
    }

    private X509Certificate certificate(Pki.Subject subject) throws CertificateException {
        var pem = pki.issue(subject).certificate().getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    private static List<String> names(X509Certificate certificate) throws CertificateException {
        return certificate.getSubjectAlternativeNames().stream()
                .map(name -> name.get(1).toString())
                .toList();
    }
}
