package io.hamesh.operator.registration;

import io.hamesh.operator.consul.BlockingQuery;
import io.hamesh.operator.consul.Watched;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows a part of Consul's catalog and says when to look at the whole. */
final class CatalogWatch<T> implements BlockingQuery.Follower<T> {
    /** The checks of 1,000 pods are 800 KB. */
    private static final Duration SPACING = Duration.ofMillis(500);

    private final Consumer<Cause> trigger;
    private @Nullable T last;

    CatalogWatch(Consumer<Cause> trigger) {
        this.trigger = trigger;
    }

    /**
     * Follows on the thread that runs it, until that is interrupted.
     *
     * @param what in words, for the log
     * @param question whose answer's value is news where it differs from the one before
     */
    static <T> Runnable of(String what, BlockingQuery.Question<T> question, Consumer<Cause> trigger) {
        return new BlockingQuery<>(what, SPACING, question, new CatalogWatch<>(trigger));
    }

    @Override
    public void heard(Watched<T> answer, boolean fresh) {
        T before = last;
        last = answer.value();
        if (fresh) {
            trigger.accept(Cause.BACK);
        } else if (!answer.value().equals(before)) {
            trigger.accept(Cause.CHANGED);
        }
    }
}
