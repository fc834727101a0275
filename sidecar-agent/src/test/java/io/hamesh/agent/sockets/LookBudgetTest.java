package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LookBudgetTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MILLI = Duration.ofMillis(1).toNanos();

    @Test
    void looksAtOnceAtTheStart() {
        assertThat(new LookBudget().isDue(5 * SECOND, false)).isTrue();
    }

    @Test
    void looksEachSecondWhileThingsChangeAndLooksAreCheap() {
        assertThat(looksIn(600, MILLI / 2, true)).isEqualTo(600);
    }

    @Test
    void looksSeldomWhenNothingChanges() {
        assertThat(looksIn(600, 20 * MILLI, false)).isEqualTo(30);
    }

    @Test
    void dearLooksTakeNoMoreThanFiveThousandthsInTheLongRun() {
        long looks = looksIn(36_000, 20 * MILLI, true);
        assertThat(looks * 20 * MILLI).isBetween(180_000 * MILLI, 180_600 * MILLI);
    }

    @Test
    void waitingForACpuIsNoCost() {
        assertThat(looksIn(600, SECOND, true)).isEqualTo(looksIn(600, 25 * MILLI, true));
    }

    @Test
    void savingsPayForADozenCloseLooks() {
        LookBudget budget = new LookBudget();
        budget.spent(0, 20 * MILLI);
        for (int second = 1; second <= 12; second++) {
            assertThat(budget.isDue(second * SECOND, true)).isTrue();
            budget.spent(second * SECOND, 20 * MILLI);
        }
    }

    private static long looksIn(int seconds, long cost, boolean changing) {
        LookBudget budget = new LookBudget();
        long looks = 0;
        for (long second = 0; second < seconds; second++) {
            if (budget.isDue(second * SECOND, changing)) {
                budget.spent(second * SECOND, cost);
                looks++;
            }
        }
        return looks;
    }
}
