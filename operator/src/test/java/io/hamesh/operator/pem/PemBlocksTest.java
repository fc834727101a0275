package io.hamesh.operator.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PemBlocksTest {
    private static final byte[] FIRST = "first".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND = new byte[200];

    @Test
    void blocksOfATypeComeInTheirOrder() {
        String text = "a comment\n" + PemBlocks.write(PemBlocks.CERTIFICATE, FIRST)
                + PemBlocks.write(PemBlocks.PRIVATE_KEY, SECOND)
                + PemBlocks.write(PemBlocks.CERTIFICATE, SECOND);

        assertThat(PemBlocks.of(PemBlocks.CERTIFICATE, text)).containsExactly(FIRST, SECOND);
        assertThat(PemBlocks.of(PemBlocks.PRIVATE_KEY, text)).containsExactly(SECOND);
        assertThat(PemBlocks.of(PemBlocks.CERTIFICATE, "")).isEmpty();
    }

    @Test
    void linesMayEndAsOnWindows() {
        String text = PemBlocks.write(PemBlocks.CERTIFICATE, SECOND).replace("\n", "\r\n");

        assertThat(PemBlocks.of(PemBlocks.CERTIFICATE, text)).containsExactly(SECOND);
    }

    @Test
    void brokenBlockIsRefusedWithoutAWordOfIt() {
        assertRefused("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n");
        assertRefused("-----BEGIN PRIVATE KEY-----\nc2VjcmV0=*\n-----END PRIVATE KEY-----\n");
    }

    private static void assertRefused(String text) {
        assertThatThrownBy(() -> PemBlocks.of(PemBlocks.PRIVATE_KEY, text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("c2VjcmV0");
    }
}
