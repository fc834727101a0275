package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reviews asked of one replica as the API server asks, by so many at a time and without a pause: whatever the API server
 * does meanwhile, so many are under way there as soon as that replica does not answer.
 */
final class Reviews implements AutoCloseable {
    static final int AT_A_TIME = 4;

    private final ReviewClient client;
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger allowed = new AtomicInteger();
    private volatile boolean over;

    private Reviews(ReviewClient client) {
        this.client = client;
    }

    /** Returns once they are answered. */
    static Reviews of(Scene scene, Pod operator) {
        Reviews reviews = new Reviews(ReviewClient.asApiServer(scene, operator));
        for (int i = 0; i < AT_A_TIME; i++) {
            reviews.threads.execute(reviews::ask);
        }
        reviews.awaitMore();
        return reviews;
    }

    private void ask() {
        while (!over) {
            try {
                String answer = client.ask();
                if (Json.tree(answer).at("/response/allowed").asBoolean()) {
                    allowed.incrementAndGet();
                } else {
                    failures.add(answer);
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }

    void awaitMore() {
        int before = allowed.get();
        Eventually.that("reviews to be answered", () -> {
            if (allowed.get() < before + 2 * AT_A_TIME) {
                throw new AssertionError(allowed + " answered, failed: " + failures);
            }
        });
    }

    /** Why reviews failed, after the last one's end. */
    List<String> stop() {
        close();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a review lasts for more than 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        over = true;
        threads.shutdown();
    }
}
