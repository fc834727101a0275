package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class CommandTest {
    @Test
    void failureNamesCommandStatusAndWhatItSaid() {
        assertThatThrownBy(() ->
                        Command.of("sh", "-c", "echo no such thing >&2; exit 7").output())
                .isInstanceOf(TestbedException.class)
                .hasMessageContainingAll("exit status 7", "sh -c", "no such thing");
    }

    @Test
    void missingProgramCountsAsInAShell() {
        assertThat(Command.of("no-such-program-anywhere").run().status()).isEqualTo(127);
    }

    @Test
    void linesComeAsTheyAreSaidFromBothStreams() {
        var lines = new ArrayList<String>();
        Command.of("sh", "-c", "echo one; echo two >&2").eachLine(lines::add);
        assertThat(lines).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void environmentIsAddedTo() {
        assertThat(Command.of("sh", "-c", "echo $GREETING")
                        .with("GREETING", "hello")
                        .output())
                .isEqualTo("hello\n");
    }
}
