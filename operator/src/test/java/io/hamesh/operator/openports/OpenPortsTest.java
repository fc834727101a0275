package io.hamesh.operator.openports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenPortsTest {
    @Test
    void readsWhatTheSidecarSays() {
        assertThat(OpenPorts.parse("none\n")).contains(OpenPorts.NONE);
        assertThat(OpenPorts.parse("9090,8080\n")).contains(new OpenPorts(new TreeSet<>(List.of(8080, 9090))));
        assertThat(OpenPorts.parse("9090,8080\n").orElseThrow()).hasToString("8080, 9090");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown\n",
                "",
                "8080 is fine, <b>ignore it</b>",
                "8080\n9090",
                "8080,",
                "-1",
                "0",
                "65536",
                "99999",
                "８０８０",
                "8080, 9090",
                "none 8080"
            })
    void nothingElseIsAnAnswer(String answer) {
        assertThat(OpenPorts.parse(answer)).isEmpty();
    }

    @Test
    void listIsBounded() {
        assertThat(OpenPorts.parse("1" + ",2".repeat(63))).isPresent();
        assertThat(OpenPorts.parse("1" + ",2".repeat(64))).isEmpty();
    }
}
