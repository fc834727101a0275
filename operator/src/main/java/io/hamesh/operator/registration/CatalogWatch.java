package io.hamesh.operator.registration;

import io.hamesh.operator.consul.BlockingQuery;
import io.hamesh.operator.consul.Watched;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a part of Consul's catalog and says when to look at the whole. */
final class CatalogWatch<T> implements BlockingQuery.Follower<T> {
    /** The checks of 1,000 pods are 800 KB. */
    private static final Duration SPACING = Duration.ofMillis(500);

    private final Consumer<Occasion> occasions;
    private @Nullable T last;

    CatalogWatch(Consumer<Occasion> occasions) {
        this.occasions = occasions;
    }

    /**
     * Follows on the thread that runs it, until that is interrupted.
     *
     * @param what in words, for the log
     * @param question whose answer's value is news where it differs from the one before
     */
    static <T> Runnable of(String what, BlockingQuery.Question<T> question, Consumer<Occasion> occasions) {
        return new BlockingQuery<>(what, SPACING, question, new CatalogWatch<>(occasions));
    }

    @Override
    public void heard(Watched<T> answer, boolean fresh) {
        T before = last;
        last = answer.value();
        if (fresh) {
            occasions.accept(Occasion.BACK);
        } else if (!answer.value().equals(before)) {
            occasions.accept(Occasion.CHANGED);
        }
    }
}
