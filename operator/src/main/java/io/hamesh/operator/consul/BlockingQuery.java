package io.hamesh.operator.consul;

import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Consul the same question in each round of its loop, to be answered when there is news. */
public final class BlockingQuery<T> implements Loop.Body {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingQuery.class);

    /** Also how long a Consul that vanished without a word goes unseen. */
    private static final Duration WAIT = Duration.ofSeconds(30);

    private static final Duration RETRY = Duration.ofMillis(500);

    /** What is asked. */
    @FunctionalInterface
    public interface Question<T> {
        /**
         * Asks once.
         *
         * @param index of the answer before; 0 answers at once
         */
        Watched<T> ask(long index, Duration wait);
    }

    /** Hears of each answer; after what it throws, the question is asked afresh. */
    @FunctionalInterface
    public interface Follower<T> {
        /**
         * An answer, with news or without.
         *
         * @param fresh the first, or the first after Consul was away or its index went backwards: anything may have changed
         */
        void heard(Watched<T> answer, boolean fresh);
    }

    private final String what;
    private final Duration spacing;
    private final Question<T> question;
    private final Follower<T> follower;
    private long index;
    private boolean fresh = true;
    private boolean failing;

    /**
     * Asks nothing before its first round.
     *
     * @param what in words, for the log
     * @param spacing an answer carries all, the unchanged too: under mass writes, ask at most this often
     */
    public BlockingQuery(String what, Duration spacing, Question<T> question, Follower<T> follower) {
        this.what = what;
        this.spacing = spacing;
        this.question = question;
        this.follower = follower;
    }

    /** One question. */
    @Override
    public Duration round() {
        boolean afresh = fresh;
        fresh = true; // until the answer is heard
        try {
            Watched<T> answer = question.ask(afresh ? 0 : index, WAIT);
            follower.heard(answer, afresh || answer.index() < index);
            index = answer.index();
            fresh = false;
            recovered();
            return spacing;
        } catch (ConsulException e) {
            failed(e);
        }
        return RETRY.plusMillis(ThreadLocalRandom.current().nextLong(RETRY.toMillis() / 2));
    }

    private void recovered() {
        if (failing) {
            LOG.atInfo().addKeyValue("what", what).log("consul is back and followed again");
            failing = false;
        }
    }

    private void failed(ConsulException e) {
        if (!failing && !Thread.currentThread().isInterrupted()) {
            LOG.atWarn()
                    .addKeyValue("what", what)
                    .addKeyValue("error", e.getMessage())
                    .log("consul cannot be followed, trying again");
            failing = true;
        }
    }
}
