package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.operator.registration.SweepTrigger.Cause;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SweepTriggerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOURS = Duration.ofHours(3);

    private final AtomicLong nanos = new AtomicLong();
    private final SweepTrigger trigger = new SweepTrigger(nanos::get);

    @Test
    void gravestCauseCountsAndIsTakenUpOnce() throws Exception {
        trigger.fire(Cause.CHANGED);
        trigger.fire(Cause.BACK);
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.BACK);
        pass(MINUTE);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.TIME);
    }

    @Test
    void backCountsThoughTheMinuteIsOver() throws Exception {
        trigger.begunUnasked();
        pass(HOURS);
        trigger.fire(Cause.BACK);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.BACK);
    }

    @Test
    void timeComesOnceAMinuteHoweverOftenTheCatalogChanges() throws Exception {
        trigger.begunUnasked();
        assertThat(changedAt(30)).isEqualTo(Cause.CHANGED);
        assertThat(changedAt(61)).as("the change at 30 s does not count").isEqualTo(Cause.TIME);
        assertThat(changedAt(62)).isEqualTo(Cause.CHANGED);
        assertThat(changedAt(120)).isEqualTo(Cause.CHANGED);
        assertThat(changedAt(122)).isEqualTo(Cause.TIME);
    }

    @Test
    void minuteBeginsWithALookForBackToo() throws Exception {
        trigger.begunUnasked();
        pass(HOURS);
        trigger.fire(Cause.BACK);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.BACK);
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.CHANGED);
    }

    @Test
    void minuteDoesNotBeginBeforeTheFirstLook() throws Exception {
        pass(HOURS);
        trigger.begunUnasked();
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.CHANGED);
    }

    @Test
    void withoutALookTheMinuteBeginsWithTheFirstWait() throws Exception {
        pass(HOURS);
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.CHANGED);
        pass(MINUTE);
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(MINUTE)).isEqualTo(Cause.TIME);
    }

    @Test
    void causeEndsTheWait() {
        CompletableFuture<Cause> taken = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                taken.complete(trigger.await(MINUTE));
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        trigger.fire(Cause.CHANGED);
        assertThat(taken.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(Cause.CHANGED);
    }

    private Cause changedAt(int second) throws InterruptedException {
        nanos.set(Duration.ofSeconds(second).toNanos());
        trigger.fire(Cause.CHANGED);
        return trigger.await(MINUTE);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
