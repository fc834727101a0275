package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.awaitility.pollinterval.PollInterval;

/**
 * Waiting for a condition: polled often, so that the time printed is the time it took, but for at most a third of the time:
 * what is waited for needs the processors, too, and a look by {@code kubectl} takes a tenth of a second of them.
 */
final class Eventually {
    /**
     * Many times what it takes on a machine that has nothing else to do. Less than the minute after which the operator
     * compares everything in any case: what only that puts right has not worked.
     */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int PAUSE_TO_LOOK = 2;
    private static final int UNPROCESSABLE = 422;

    private Eventually() {}

    /** Waits until the assertions hold; whoever does not answer counts as not yet, any other exception ends the wait. */
    static void that(String what, ThrowingRunnable assertions) {
        that(what, LIMIT, assertions);
    }

    static void that(String what, Duration limit, ThrowingRunnable assertions) {
        Pace pace = new Pace();
        pace.await(what, limit).untilAsserted(() -> {
            long start = System.nanoTime();
            try {
                assertions.run();
            } finally {
                pace.looked(start);
            }
        });
    }

    static <T> T get(String what, Callable<T> source, Predicate<T> condition) {
        return get(what, LIMIT, source, condition);
    }

    static <T> T get(String what, Duration limit, Callable<T> source, Predicate<T> condition) {
        Pace pace = new Pace();
        return pace.await(what, limit)
                .until(
                        () -> {
                            long start = System.nanoTime();
                            try {
                                return source.call();
                            } finally {
                                pace.looked(start);
                            }
                        },
                        condition);
    }

    /** How long to pause after a look, by how long that took. */
    private static final class Pace implements PollInterval {
        private Duration pause = SHORTEST_PAUSE;

        ConditionFactory await(String what, Duration limit) {
            return Awaitility.await(what)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(this)
                    .atMost(limit)
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class);
        }

        void looked(long start) {
            Duration wanted = Duration.ofNanos(PAUSE_TO_LOOK * (System.nanoTime() - start));
            pause = wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE;
        }

        @Override
        public Duration next(int pollCount, Duration before) {
            return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        }
    }

    /** Changes an object in Kubernetes, anew if somebody else has written it since it was read: the patch does not fit. */
    static void changed(Runnable change) {
        that("an object to be changed by nobody else meanwhile", () -> {
            try {
                change.run();
            } catch (KubernetesClientException e) {
                if (!List.of(HttpURLConnection.HTTP_CONFLICT, UNPROCESSABLE).contains(e.getCode())) {
                    throw e;
                }
                throw new AssertionError(e);
            }
        });
    }

    /** Like {@link #that}, and prints how long it took. */
    static Duration timed(String what, ThrowingRunnable assertions) {
        return timed(what, LIMIT, assertions);
    }

    /** Like {@link #timed}, and no longer than the bound; it waits beyond that, so that a failure tells the time. */
    static Duration within(Duration bound, String what, ThrowingRunnable assertions) {
        Duration took = timed(what, bound.plus(LIMIT), assertions);
        assertThat(took).as(what).isLessThanOrEqualTo(bound);
        return took;
    }

    static Duration timed(String what, Duration limit, ThrowingRunnable assertions) {
        long start = System.nanoTime();
        that(what, limit, assertions);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("[time] %s: %d ms%n", what, took.toMillis());
        return took;
    }
}
