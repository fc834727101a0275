package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.ownership.NamesInMemory;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a replica that leads hours after its start. */
@Timeout(20)
class SweepLoopTest {
    private final AtomicLong nanos = new AtomicLong();
    private final SweepTrigger trigger = new SweepTrigger(nanos::get);
    private final InMemoryConsul consul = new InMemoryConsul();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final TestRegistration registration = new TestRegistration(
            consul,
            new PodEvents((about, type, reason, message) -> {}),
            new NamesInMemory(),
            node -> true,
            new Health().inFlight("registration", Duration.ofMinutes(1)));
    private boolean hasABug;
    private final SweepLoop sweeps = new SweepLoop(
            trigger,
            registration.controller,
            pod -> {
                if (hasABug) {
                    throw new IllegalStateException("a bug");
                }
                return true;
            },
            registration.sweep("n1"::equals, meters));

    @BeforeEach
    void leadHoursLater() {
        nanos.addAndGet(Duration.ofHours(3).toNanos());
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> registration.registered() == 1);
        consul.loseData();
    }

    @AfterEach
    void close() {
        registration.close();
    }

    @Test
    void whatAnOutageAtTheStartLeftIsNoDrift() throws Exception {
        consul.setAway(true);
        sweeps.first();
        consul.setAway(false);
        sweeps.round();
        await().until(() -> !consul.services.isEmpty());
        assertThat(driftOfRegistrations()).isZero();
    }

    @Test
    void whatAnOutageLeftIsNoDrift() throws Exception {
        sweeps.first();
        await().until(() -> !consul.services.isEmpty());
        consul.setAway(true);
        trigger.fire(Cause.CHANGED);
        sweeps.round();
        consul.setAway(false);
        consul.loseData();
        sweeps.round();
        await().until(() -> !consul.services.isEmpty());
        assertThat(driftOfRegistrations()).isZero();
    }

    @Test
    void afterAnExceptionConsulIsBelievedAsLittleAsAfterAnOutage() throws Exception {
        hasABug = true;
        sweeps.first();
        assertThat(trigger.await(Duration.ZERO)).isEqualTo(Cause.BACK);
        trigger.fire(Cause.CHANGED);
        assertThatThrownBy(sweeps::round).hasMessage("a bug");
        assertThat(trigger.await(Duration.ZERO)).isEqualTo(Cause.BACK);
    }

    @Test
    void firstLookIsNotRepeatedAtOnce() throws Exception {
        sweeps.first();
        trigger.fire(Cause.CHANGED);
        assertThat(trigger.await(Duration.ofMinutes(1))).isEqualTo(Cause.CHANGED);
    }

    @Test
    void pausesByWhatASweepTookButForAMinuteAtMost() {
        assertThat(SweepLoop.pauseAfter(Duration.ofSeconds(2))).isEqualTo(Duration.ofMillis(6100));
        assertThat(SweepLoop.pauseAfter(Duration.ofMinutes(5))).isEqualTo(Duration.ofMinutes(1));
    }

    private double driftOfRegistrations() {
        return meters.get("hamesh.catalog.drift.repaired")
                .tag("kind", "registration")
                .counter()
                .count();
    }
}
