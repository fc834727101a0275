package io.hamesh.operator.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Health health = new Health(nanos::get);

    @Test
    void readyOnceAllThatIsNeededIsThere() {
        AtomicBoolean trusted = new AtomicBoolean();
        health.needs("certificate", trusted::get, "not trusted yet");
        assertThat(health.unready()).containsExactly("certificate: not trusted yet");
        trusted.set(true);
        assertThat(health.unready()).isEmpty();
    }

    @Test
    void whoLeavesIsNotReady() {
        health.leave();
        assertThat(health.unready()).containsExactly("process: shutting down");
        assertThat(health.wedged()).isEmpty();
    }

    @Test
    void workerThatNeverBeganIsWell() {
        health.heartbeat("sweep", Duration.ofSeconds(10));
        pass(Duration.ofHours(1));
        assertThat(health.wedged()).isEmpty();
    }

    @Test
    void workerThatFellSilentIsNamed() {
        Heartbeat heartbeat = health.heartbeat("sweep", Duration.ofSeconds(10));
        heartbeat.beat();
        pass(Duration.ofSeconds(10));
        assertThat(health.wedged()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(health.wedged()).containsExactly("sweep: no sign of life for 11 s, at most 10 s are well");
        heartbeat.rest();
        assertThat(health.wedged()).isEmpty();
    }

    @Test
    void pieceOfWorkThatDoesNotEndIsNamed() {
        InFlight writes = health.inFlight("registration", Duration.ofSeconds(10));
        writes.track("shop/api-1", () -> {
            pass(Duration.ofSeconds(11));
            assertThat(health.wedged()).containsExactly("registration: stuck on shop/api-1 for 11 s");
            return true;
        });
        assertThat(health.wedged()).isEmpty();
    }

    @Test
    void nameIsOneWorkers() {
        health.heartbeat("sweep", Duration.ofSeconds(10));
        assertThatThrownBy(() -> health.inFlight("sweep", Duration.ofSeconds(10)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sweep");
        assertThatThrownBy(() -> health.heartbeat("threads", Duration.ofSeconds(10)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void deadlockIsNamed() throws InterruptedException {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock two = new ReentrantLock();
        CountDownLatch bothHold = new CountDownLatch(2);
        Thread first = holdingOneWantingTheOther("first", one, two, bothHold);
        Thread second = holdingOneWantingTheOther("second", two, one, bothHold);
        try {
            await().untilAsserted(() ->
                    assertThat(health.wedged()).singleElement().asString().contains("deadlock", "first", "second"));
        } finally {
            first.interrupt();
            second.interrupt();
            first.join();
            second.join();
        }
    }

    private static Thread holdingOneWantingTheOther(
            String name, ReentrantLock held, ReentrantLock wanted, CountDownLatch bothHold) {
        return Thread.ofPlatform().name(name).start(() -> {
            held.lock();
            try {
                bothHold.countDown();
                bothHold.await();
                wanted.lockInterruptibly();
                wanted.unlock();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                held.unlock();
            }
        });
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
