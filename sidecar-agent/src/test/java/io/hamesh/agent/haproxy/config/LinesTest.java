package io.hamesh.agent.haproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LinesTest {
    private final Lines out = new Lines();

    @Test
    void sectionsEndWithAnEmptyLine() {
        out.section("defaults base");
        out.lines("""
                mode tcp
                retries 3
                """);
        out.section("frontend in from base");
        out.line("bind :80");

        assertThat(out.toString()).isEqualTo("""
                defaults base
                  mode tcp
                  retries 3

                frontend in from base
                  bind :80

                """);
    }

    @Test
    void aConditionIsOfItsOwnLinesAlone() {
        Lines large = out.when("{ var(txn.large) -m bool }");
        large.lines("""
                http-request one
                http-request two
                """);
        out.line("http-request three");

        assertThat(out.toString()).isEqualTo("""
                  http-request one if { var(txn.large) -m bool }
                  http-request two if { var(txn.large) -m bool }
                  http-request three

                """);
    }

    @Test
    void valuesStandAsTheyAreWhateverIsInThem() {
        out.lines("set-var <name> str(%[src]) if <name> gt <most>", Map.of("name", "<most>$1\\", "most", 3));

        assertThat(out.toString()).isEqualTo("  set-var <most>$1\\ str(%[src]) if <most>$1\\ gt 3\n\n");
    }

    @Test
    void aNameWithoutAValueIsRefused() {
        assertThatThrownBy(() -> out.lines("retries <retries>", Map.of("retires", 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("<retries>");
    }
}
