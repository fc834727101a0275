package io.hamesh.benchmarks.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private final Results results = new Results(List.of("other"));

    @Test
    void ratiosAreOfTheSameRound() {
        measured(Hamesh.NAME, 100, 300, 200);
        measured("other", 50, 100, 200);
        assertThat(results.table()).contains("| row | a second | 200 (100 to 300) | 2.00 (1.00 to 3.00) | ≥ 2 |");
    }

    @Test
    void whoWasNotMeasuredIsLeftOut() {
        measured(Hamesh.NAME, 7);
        assertThat(results.table()).contains("| row | a second | 7.00 |  | ≥ 2 |");
        assertThat(results.plot()).isEmpty();
    }

    @Test
    void anEvenNumberOfRoundsHasItsMedianBetween() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 10.0))).isEqualTo(new Spread(1, 3, 10));
    }

    @Test
    void percentileIsAValueThatWasMeasured() {
        List<Long> hundred = LongStream.rangeClosed(1, 100).boxed().toList().reversed();
        assertThat(Reactions.percentile(hundred, 50)).isEqualTo(50);
        assertThat(Reactions.percentile(hundred, 99)).isEqualTo(99);
        assertThat(Reactions.percentile(List.of(7L), 50)).isEqualTo(7);
        assertThat(Reactions.percentile(List.of(7L, 8L, 9L), 99)).isEqualTo(9);
    }

    @Test
    void plotHasTheMedianRightOfOneWhereThereIsMoreOfIt() {
        measured(Hamesh.NAME, 20, 40);
        measured("other", 10, 10);
        assertThat(results.plot()).containsPattern("a second +\\| *-*o");
    }

    @Test
    void ratiosBeyondTheAxisAreAtItsEnds() {
        measured(Hamesh.NAME, 1);
        measured("other", 1000);
        assertThat(results.plot()).containsPattern("a second  o +\\|");
    }

    private void measured(String candidate, double... values) {
        for (double value : values) {
            results.add("row", "a second", "≥ 2", candidate, value);
        }
    }
}
