package io.hamesh.testbed.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedactionTest {
    @Test
    void saltOfTheConfigurationIsTakenOut() {
        var text = "global\n    setenv SPIFFE_SALT 00ff00ff\n    setenv PLAIN value\n";
        assertThat(Redaction.of(text)).isEqualTo("global\n    setenv SPIFFE_SALT <redacted>\n    setenv PLAIN value\n");
    }

    @Test
    void privateKeysAreTakenOutAndCertificatesStay() {
        var text = """
                -----BEGIN CERTIFICATE-----
                AA
                -----END CERTIFICATE-----
                -----BEGIN EC PRIVATE KEY-----
                BB
                -----END EC PRIVATE KEY-----
                """;
        assertThat(Redaction.of(text))
                .contains("AA", "<redacted EC PRIVATE KEY>")
                .doesNotContain("BB");
    }

    @Test
    void tokensAreTakenOut() {
        assertThat(Redaction.of("Authorization: Bearer abcdefgh.ijkl")).doesNotContain("abcdefgh");
        assertThat(Redaction.of("X-Consul-Token: 0123-4567-89ab")).doesNotContain("4567");
    }

    @Test
    void whatTheKubeletIsKnownByIsTakenOut() {
        assertThat(Redaction.of("http-request return if { req.hdr(X-Hamesh-Probe) -m str 00ff00ff }"))
                .isEqualTo("http-request return if { req.hdr(X-Hamesh-Probe) -m str <redacted> }");
    }
}
