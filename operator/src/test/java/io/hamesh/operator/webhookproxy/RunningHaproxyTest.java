package io.hamesh.operator.webhookproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.haproxy.CommandRefusedException;
import io.hamesh.operator.pem.PemBlocks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What HAProxy is told and what not, by its answers as text. */
class RunningHaproxyTest {
    private static final String OWN = PemBlocks.write(PemBlocks.CERTIFICATE, "z own".getBytes(UTF_8));
    private static final String ISSUER = PemBlocks.write(PemBlocks.CERTIFICATE, "an issuer".getBytes(UTF_8));

    private final List<String> sent = new ArrayList<>();

    /** {@code show ssl cert} has the fingerprint of the first certificate alone. */
    @Test
    void certificateWithItsIssuerIsToldOnce() throws IOException {
        assertThatItIsNotToldAgain(OWN, ISSUER);
        assertThatItIsNotToldAgain(ISSUER, OWN);
    }

    @Test
    void otherCertificateIsTold() throws IOException {
        haproxy("Filename: x\nSHA1 FingerPrint: AB01\n\n", "Transaction created", "Success!")
                .serve("webhook.pem", new Pem(OWN + ISSUER));
        assertThat(sent).last().isEqualTo("commit ssl cert /run/hamesh/webhook.pem");
    }

    @Test
    void haproxyWithoutTheBackendIsNotInStep() {
        assertThatThrownBy(() -> haproxy("Can't find backend.\n\n").replicas(Set.of("10.0.0.2")))
                .isInstanceOf(CommandRefusedException.class);
    }

    private void assertThatItIsNotToldAgain(String first, String second) throws IOException {
        String shown = "Filename: x\nSHA1 FingerPrint: "
                + new Pem(first).fingerprints().getFirst() + "\nChain Subject: /CN=ca\n\n";
        haproxy(shown).serve("webhook.pem", new Pem(first + second));
        assertThat(sent).containsExactly("show ssl cert /run/hamesh/webhook.pem");
    }

    /** The last answer is given to all that come after it. */
    private RunningHaproxy haproxy(String... answers) {
        sent.clear();
        return new RunningHaproxy(
                command -> {
                    sent.add(command);
                    return answers[Math.min(sent.size(), answers.length) - 1];
                },
                9444);
    }
}
