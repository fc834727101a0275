package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TlsFactsTest {
    @Test
    void envoysCountersAreOfAllUpstreams() {
        String stats = """
                cluster.one.ssl.ciphers.TLS_AES_128_GCM_SHA256: 2
                cluster.one.ssl.curves.X25519MLKEM768: 2
                cluster.one.ssl.handshake: 2
                cluster.one.ssl.session_reused: 1
                cluster.one.ssl.versions.TLSv1.3: 2
                cluster.two.more.ssl.curves.X25519MLKEM768: 3
                cluster.two.more.ssl.handshake: 3
                cluster.two.more.ssl.session_reused: 0
                cluster.two.more.ssl.sigalgs.ecdsa_secp256r1_sha256: 3
                listener.0.0.0.0_1.ssl.handshake: 7
                """;
        assertThat(EnvoyAdmin.handshakesIn(stats))
                .isEqualTo("TLS_AES_128_GCM_SHA256, X25519MLKEM768, TLSv1.3; 1 of 5 resumed");
    }

    @Test
    void handshakesOnTheWireAreToldInALine() {
        assertThat(Handshakes.read("{\"seen\":5,\"resumed\":4,\"retried\":0,\"versions\":{\"TLS 1.3\":5},"
                                + "\"ciphers\":{\"TLS_AES_256_GCM_SHA384\":5},\"groups\":{\"X25519\":5}}")
                        .toString())
                .isEqualTo("TLS 1.3; TLS_AES_256_GCM_SHA384; X25519; 4 of 5 resumed");
    }

    @Test
    void whatOlderTlsHidesIsNotTold() {
        assertThat(Handshakes.read("{\"seen\":5,\"resumed\":0,\"retried\":0,\"versions\":{\"TLS 1.2\":5},"
                                + "\"ciphers\":{\"X\":5},\"groups\":{}}")
                        .toString())
                .isEqualTo("TLS 1.2; X");
    }
}
