package io.hamesh.operator.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamesh.operator.health.Health;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LoopTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger looksAtTheClock = new AtomicInteger();
    private final Health health = new Health(() -> {
        looksAtTheClock.incrementAndGet();
        return nanos.get();
    });
    private final AtomicInteger rounds = new AtomicInteger();

    @Test
    void loopThatHangsIsNamedAfterItsLongestSilence() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Semaphore never = new Semaphore(0);
        try (Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    begun.countDown();
                    never.acquire();
                    return LONG;
                },
                health)) {
            pass(LONG);
            assertThat(health.wedged()).as("not started").isEmpty();
            loop.start();
            begun.await();
            pass(Loop.LONGEST_SILENCE);
            assertThat(health.wedged()).isEmpty();
            pass(Duration.ofSeconds(1));
            assertThat(health.wedged())
                    .containsExactly("catalog-sweep: no sign of life for 301 s, at most 300 s are well");
        }
        assertThat(health.wedged()).as("closed").isEmpty();
    }

    @Test
    void stepsOfALongRoundAreSignsOfLife() {
        Queue<String> found = new ConcurrentLinkedQueue<>();
        try (Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    for (int step = 0; step < 10; step++) {
                        pass(Loop.LONGEST_SILENCE);
                        found.addAll(health.wedged());
                        Loop.signOfLife();
                    }
                    rounds.incrementAndGet();
                    return LONG;
                },
                health)) {
            loop.start();
            await().until(() -> rounds.get() == 1);
            assertThat(found).isEmpty();
        }
    }

    @Test
    void stepOfAnotherThreadIsNobodysSignOfLife() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        try (Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    begun.countDown();
                    Thread.sleep(LONG);
                    return LONG;
                },
                health)) {
            loop.start();
            begun.await();
            pass(LONG);
            Loop.signOfLife();
            assertThat(health.wedged()).hasSize(1);
        }
    }

    @Test
    void loopThatWaitsLongerThanItMayBeSilentIsAlive() {
        Duration shortly = Duration.ofMillis(40);
        try (Loop loop = new Loop("webhook-proxy", shortly, this::countedRound, health)) {
            loop.start();
            await().until(() -> looksAtTheClock.get() > 10);
            assertThat(rounds).hasValue(1);
        }
    }

    @Test
    void whatWakesItEndsItsWait() {
        try (Loop loop = new Loop("webhook-proxy", this::countedRound, health).start()) {
            await().until(() -> rounds.get() == 1);
            loop.wake();
            await().until(() -> rounds.get() == 2);
        }
    }

    @Test
    void whatComesDuringARoundBringsAnother() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Loop loop = new Loop(
                "webhook-proxy",
                () -> {
                    begun.countDown();
                    goOn.await();
                    return countedRound();
                },
                health)) {
            loop.start();
            begun.await();
            loop.wake();
            loop.wake();
            goOn.countDown();
            await().until(() -> rounds.get() == 2);
        }
    }

    @Test
    void afterAnExceptionItGoesOnAndSaysEachKindOnce() {
        List<RuntimeException> thrown = List.of(
                new IllegalStateException("one"),
                new IllegalStateException("again"),
                new IllegalArgumentException("of another kind"));
        ListAppender<ILoggingEvent> log = listening();
        try (Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    int round = rounds.getAndIncrement();
                    if (round < thrown.size()) {
                        throw thrown.get(round);
                    }
                    return LONG;
                },
                health)) {
            loop.start();
            await().until(() -> {
                loop.wake(); // it would pause for a second
                return rounds.get() > thrown.size();
            });
        } finally {
            log.stop();
        }
        assertThat(log.list.stream().map(event -> event.getKeyValuePairs().toString()))
                .containsExactly(
                        "[loop=\"catalog-sweep\", error=\"java.lang.IllegalStateException: one\"]",
                        "[loop=\"catalog-sweep\", error=\"java.lang.IllegalArgumentException: of another kind\"]");
        assertThat(health.wedged()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptionThatIsNotItsCloseIsToldAndEndsNothing(boolean leavesOnlyTheFlag) {
        ListAppender<ILoggingEvent> log = listening();
        Loop.Body body = () -> {
            if (rounds.getAndIncrement() > 0) {
                return LONG;
            }
            Thread.currentThread().interrupt();
            if (leavesOnlyTheFlag) {
                return LONG;
            }
            throw new InterruptedException("by a library");
        };
        try (Loop loop = new Loop("catalog-sweep", body, health)) {
            loop.start();
            await().until(() -> {
                loop.wake(); // it would pause for a second
                return rounds.get() > 1;
            });
        } finally {
            log.stop();
        }
        assertThat(log.list).singleElement().satisfies(event -> assertThat(
                        event.getKeyValuePairs().toString())
                .startsWith("[loop=\"catalog-sweep\", error=\"java.lang.InterruptedException"));
    }

    @Test
    void loopThatAnErrorEndedIsFound() {
        try (Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    rounds.incrementAndGet();
                    throw new StackOverflowError("on purpose");
                },
                health)) {
            loop.start();
            await().dontCatchUncaughtExceptions().until(() -> rounds.get() == 1);
            await().dontCatchUncaughtExceptions().until(() -> {
                pass(LONG);
                return health.wedged().size() == 1;
            });
        }
    }

    @Test
    void closeEndsItAndItIsNotSilentThen() {
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    threads.add(Thread.currentThread());
                    Thread.sleep(LONG);
                    return LONG;
                },
                health);
        loop.start();
        await().until(() -> threads.size() == 1);
        loop.close();
        assertThat(threads.element().isAlive()).isFalse();
        pass(LONG);
        assertThat(health.wedged()).isEmpty();
    }

    @Test
    void roundThatDoesNotEndWithItsLoopIsNotSilentEither() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Semaphore goOn = new Semaphore(0);
        Loop loop = new Loop(
                "catalog-sweep",
                () -> {
                    begun.countDown();
                    goOn.acquireUninterruptibly();
                    Loop.signOfLife();
                    rounds.incrementAndGet();
                    goOn.acquireUninterruptibly();
                    return LONG;
                },
                health);
        loop.start();
        begun.await();
        loop.beginClose();
        goOn.release();
        await().until(() -> rounds.get() == 1);
        pass(LONG);
        assertThat(health.wedged()).isEmpty();
        goOn.release();
        loop.close();
    }

    @Test
    void loopThatNeverBeganIsClosedAtOnce() {
        new Loop("catalog-sweep", this::countedRound, health).close();
        assertThat(rounds).hasValue(0);
    }

    private Duration countedRound() {
        rounds.incrementAndGet();
        return LONG;
    }

    private static ListAppender<ILoggingEvent> listening() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        ((Logger) LoggerFactory.getLogger(Loop.class)).addAppender(log);
        return log;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
