package io.hamesh.agent.consul;

import io.hamesh.agent.log.Log;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Says once that something fails, now and then that it still does, and once that it is well again. The thousand attempts
 * in between are not events.
 */
final class FailureLog {
    private static final Duration REMINDER = Duration.ofSeconds(30);

    private final Log log;
    private final InstantSource clock;
    private final String subject;
    private int attempts;
    private Instant since = Instant.EPOCH;
    private Instant said = Instant.EPOCH;

    /** Of what is asked for, for example {@code endpoints of redis}. */
    FailureLog(Log log, InstantSource clock, String subject) {
        this.log = log;
        this.clock = clock;
        this.subject = subject;
    }

    synchronized void failed(String event, String error) {
        Instant now = clock.instant();
        if (attempts++ == 0) {
            since = now;
            said = now;
            log.warn(event, "for", subject, "error", error, "effect", "what is known stays in force; retrying");
        } else if (!said.plus(REMINDER).isAfter(now)) {
            said = now;
            log.warn(event, "for", subject, "error", error, "attempts", attempts, "seconds", seconds(now));
        }
    }

    synchronized void answered() {
        if (attempts > 0) {
            log.info("consul-answers-again", "for", subject, "attempts", attempts, "seconds", seconds(clock.instant()));
            attempts = 0;
        }
    }

    private long seconds(Instant now) {
        return Duration.between(since, now).toSeconds();
    }
}
