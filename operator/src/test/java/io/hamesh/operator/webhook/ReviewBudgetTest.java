package io.hamesh.operator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.webhook.ReviewBudget.TooBusyException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReviewBudgetTest {
    private static final int BYTES = 1 << 20;

    private final ReviewBudget budget = new ReviewBudget(BYTES, Duration.ofMillis(50));
    private int done;

    @Test
    void smallReviewsGoSideBySide() throws Exception {
        budget.spend(10_000, () -> nested(500_000));
        assertThat(done).isEqualTo(1);
    }

    @Test
    void whatIsBeyondWaitsAndIsToldSo() throws Exception {
        budget.spend(BYTES, () -> nested(1));
        assertThat(done).isZero();
        budget.spend(1, () -> done++);
        assertThat(done).isEqualTo(1);
    }

    @Test
    void oneThatIsLargerThanAllHasItsTurn() throws Exception {
        budget.spend(BYTES * 10L, () -> done++);
        budget.spend(BYTES, () -> done++);
        assertThat(done).isEqualTo(2);
    }

    private void nested(int bytes) throws IOException {
        try {
            budget.spend(bytes, () -> done++);
        } catch (TooBusyException e) {
            assertThat(e).hasMessage("too many reviews at a time");
        }
    }
}
