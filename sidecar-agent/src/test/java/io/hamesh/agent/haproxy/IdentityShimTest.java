package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Runs {@code src/test/haproxy/identity-test}: the image's shim and Lua against certificates that claim to be another. */
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class IdentityShimTest {
    private static final int CHECKS = 53;

    @Test
    void noForgedCertificatePassesForAnotherService() throws IOException, InterruptedException {
        Process test = new ProcessBuilder(
                        "bash",
                        "src/test/haproxy/identity-test",
                        HaproxyRoot.path().toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(test.waitFor()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.startsWith("ok "))).as(said).hasSize(CHECKS);
    }
}
