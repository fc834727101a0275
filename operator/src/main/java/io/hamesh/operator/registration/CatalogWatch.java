package io.hamesh.operator.registration;

import io.hamesh.operator.consul.ConsulCatalog.Watched;
import io.hamesh.operator.consul.ConsulException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows a part of Consul's catalog by blocking queries, on a thread of its own, and says when to look at the whole. */
final class CatalogWatch<T> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogWatch.class);

    /** Also how long a Consul that vanished without a word goes unseen. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** Under mass writes, ask at most this often: the checks of 1,000 pods are 800 KB. */
    private static final Duration SPACING = Duration.ofMillis(500);

    private static final Duration RETRY = Duration.ofMillis(500);

    /** One blocking query; its answer's value is news where it differs from the one before. */
    interface Question<T> {
        Watched<T> ask(long index, Duration wait);
    }

    private final String what;
    private final Question<T> question;
    private final Consumer<Occasion> follower;
    private @Nullable Watched<T> last;
    private boolean failing;

    /** @param what in words, for the log */
    CatalogWatch(String what, Question<T> question, Consumer<Occasion> follower) {
        this.what = what;
        this.question = question;
        this.follower = follower;
    }

    /** Runs until interrupted. */
    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(look());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the way to stop
        }
    }

    /** One question; says how long to pause after it. */
    Duration look() {
        Watched<T> before = last;
        try {
            Watched<T> now = question.ask(before == null || failing ? 0 : before.index(), WAIT);
            tell(before, now);
            last = now;
            failing = false;
            return SPACING;
        } catch (ConsulException e) {
            failed(e);
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("what", what).setCause(e).log("following failed, trying again");
            failing = true;
        }
        return RETRY.plusMillis(ThreadLocalRandom.current().nextLong(RETRY.toMillis() / 2));
    }

    private void tell(@Nullable Watched<T> before, Watched<T> now) {
        if (before == null || failing || now.index() < before.index()) {
            follower.accept(Occasion.BACK);
        } else if (!now.value().equals(before.value())) {
            follower.accept(Occasion.CHANGED);
        }
    }

    private void failed(ConsulException e) {
        if (!failing && !Thread.currentThread().isInterrupted()) {
            LOG.atWarn()
                    .addKeyValue("what", what)
                    .addKeyValue("error", e.getMessage())
                    .log("catalog cannot be followed, trying again");
        }
        failing = true;
    }
}
