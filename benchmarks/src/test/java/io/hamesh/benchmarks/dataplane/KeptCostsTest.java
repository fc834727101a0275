package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.benchmarks.dataplane.KeptCosts.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptCostsTest {
    @TempDir
    Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("guard.tsv");
    }

    @Test
    void tenPercentMorePassesAndALittleMoreThanThatFails() {
        KeptCosts kept = new KeptCosts(Map.of("HTTP", 4.0));
        assertThat(kept.changes(Map.of("HTTP", 4.4))).singleElement().matches(change -> !change.isTooDear());
        assertThat(kept.changes(Map.of("HTTP", 4.41))).singleElement().matches(Change::isTooDear);
        assertThat(kept.changes(Map.of("HTTP", 1.0))).singleElement().matches(change -> !change.isTooDear());
    }

    @Test
    void changeNamesItsRowAndBothFigures() {
        assertThat(new Change("TCP", 2.4, 3.0)).hasToString("TCP: 3.00 instead of 2.40 (+25 %)");
        assertThat(new Change("TCP", 2.4, 1.2)).hasToString("TCP: 1.20 instead of 2.40 (-50 %)");
    }

    @Test
    void whatIsWrittenIsRead() {
        new KeptCosts(Map.of("HTTP, bodies of 1 MB", 3.1)).write(file);
        KeptCosts kept = KeptCosts.read(file);
        assertThat(kept).isEqualTo(new KeptCosts(Map.of("HTTP, bodies of 1 MB", 3.1)));
        assertThatCode(() -> kept.requireRows(file, Set.of("HTTP, bodies of 1 MB")))
                .doesNotThrowAnyException();
    }

    @Test
    void missingFileIsNamedWithTheFix() {
        assertThatThrownBy(() -> KeptCosts.read(file))
                .hasMessage(file + " is missing; benchmarks/dataplane --guard=write writes it anew");
    }

    @Test
    void brokenLineIsNamed() throws IOException {
        for (String line :
                new String[] {"HTTP", "HTTP\t", "HTTP\tmuch", "HTTP\t-1.0", "HTTP\t0.0", "HTTP\t1.0\t2.0", ""}) {
            Files.writeString(file, "# head\n" + line + "\n");
            assertThatThrownBy(() -> KeptCosts.read(file))
                    .hasMessageContainingAll(
                            file + ", line 2", "\"" + line + "\"", "a tab and a number", "--guard=write");
        }
        Files.writeString(file, "HTTP\t1.0\nHTTP\t2.0\n");
        assertThatThrownBy(() -> KeptCosts.read(file)).hasMessageContainingAll("line 2", "twice");
    }

    @Test
    void otherRowsThanAreMeasuredAreNamed() {
        KeptCosts kept = new KeptCosts(Map.of("HTTP", 4.0, "UDP", 1.0));
        assertThatThrownBy(() -> kept.requireRows(file, Set.of("HTTP", "TCP")))
                .hasMessageContainingAll(file.toString(), "missing [TCP]", "not measured [UDP]", "--guard=write");
    }
}
