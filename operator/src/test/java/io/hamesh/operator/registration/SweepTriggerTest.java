package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.registration.SweepTrigger.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SweepTriggerTest {
    private static final Duration ALREADY_OVER = Duration.ZERO;

    private final SweepTrigger trigger = new SweepTrigger();

    @Test
    void gravestCauseCountsAndIsTakenUpOnce() throws Exception {
        trigger.fire(Cause.CHANGED);
        trigger.fire(Cause.BACK);
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(ALREADY_OVER)).isEqualTo(Cause.BACK);
        assertThat(trigger.await(ALREADY_OVER)).isEqualTo(Cause.TIME);
    }

    @Test
    void timeComesHoweverOftenTheCatalogChanges() throws Exception {
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(Duration.ofMinutes(1))).isEqualTo(Cause.CHANGED);
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(ALREADY_OVER)).isEqualTo(Cause.TIME);
    }

    @Test
    void causeEndsTheWait() throws Exception {
        Thread waker = Thread.ofVirtual().start(() -> trigger.fire(Cause.CHANGED));
        assertThat(trigger.await(Duration.ofMinutes(1))).isEqualTo(Cause.CHANGED);
        waker.join();
    }
}
