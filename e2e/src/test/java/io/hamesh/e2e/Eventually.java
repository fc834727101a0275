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
import org.awaitility.core.ThrowingRunnable;

/** Waiting for a condition: polled often, so that the time printed is the time it took. */
final class Eventually {
    /**
     * Many times what it takes on a machine that has nothing else to do. Less than the minute after which the operator
     * compares everything in any case: what only that puts right has not worked.
     */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(50);
    private static final int UNPROCESSABLE = 422;

    private Eventually() {}

    /** Waits until the assertions hold; whoever does not answer counts as not yet, any other exception ends the wait. */
    static void that(String what, ThrowingRunnable assertions) {
        that(what, LIMIT, assertions);
    }

    static void that(String what, Duration limit, ThrowingRunnable assertions) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(limit)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .untilAsserted(assertions);
    }

    static <T> T get(String what, Callable<T> source, Predicate<T> condition) {
        return Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(source, condition);
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
