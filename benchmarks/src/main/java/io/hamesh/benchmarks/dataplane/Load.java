package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.TestbedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the caller does.
 *
 * @param rate requests a second, each at its time whether or not others are answered; 0 for as many as go
 * @param anew whether each request has a connection of its own
 */
record Load(Protocol protocol, int connections, int streams, int size, int rate, boolean anew) {
    /** Bytes of an answer where its size is not the point. */
    static final int SMALL = 64;

    /** Who takes so long for half of the requests at a rate only falls further behind. */
    private static final Duration SATURATED = Duration.ofMillis(50);

    /** In what the load program says of answers that do not come any more. */
    private static final String NO_ANSWER = "did not answer within";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** As many as go over fifty connections that are kept. */
    static Load keepAlive(Protocol protocol) {
        return closed(protocol, 50);
    }

    static Load closed(Protocol protocol, int connections) {
        return new Load(protocol, connections, 1, SMALL, 0, false);
    }

    Load each(int streamsOnAConnection) {
        return new Load(protocol, connections, streamsOnAConnection, size, rate, anew);
    }

    Load answeredWith(int bytes) {
        return new Load(protocol, connections, streams, bytes, rate, anew);
    }

    Load at(int requestsASecond) {
        return new Load(protocol, connections, streams, size, requestsASecond, anew);
    }

    Load withNewConnections() {
        return new Load(protocol, connections, streams, size, rate, true);
    }

    /**
     * What came of it.
     *
     * @param requests answered as they should be, in the time that was counted
     * @param failed all others, from the first moment on
     * @param cpuNanos by process id, in the time that was counted
     * @param connections that reached the application, in the time that was counted
     * @param lateness of the caller itself, from when an idle connection was to be used until it was; at a rate only
     * @param ownNanos the caller's own CPU time
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Outcome(
            long requests,
            long failed,
            @Nullable String firstFailure,
            double seconds,
            long dialed,
            long connections,
            Micros micros,
            Micros lateness,
            Map<String, Long> cpuNanos,
            long ownNanos) {
        double requestsASecond() {
            return requests / seconds;
        }

        double cpuMicrosARequest() {
            return cpuNanos.values().stream().mapToLong(Long::longValue).sum() / 1000.0 / requests;
        }

        /** The same with what the caller itself took. */
        Outcome withOwn() {
            Map<String, Long> all = new HashMap<>(cpuNanos);
            all.put("own", ownNanos);
            return new Outcome(
                    requests, failed, firstFailure, seconds, dialed, connections, micros, lateness, all, ownNanos);
        }
    }

    record Micros(long p50, long p90, long p99, long max) {}

    /**
     * Runs it in the caller's pod. Fails if a single answer was wrong: a measurement of wrong answers is none.
     *
     * @param counts the URL of the application's counts
     */
    Outcome run(
            Pod caller,
            String program,
            String target,
            String counts,
            Duration warmUp,
            Duration duration,
            List<Long> processes) {
        List<String> words = command(program, target, warmUp, duration);
        words.add("-counts=" + counts);
        words.add("-processes=" + processes.stream().map(String::valueOf).collect(Collectors.joining(",")));
        Outcome outcome = read(said(caller.enter(words), target));
        if (outcome.failed() > 0 || outcome.requests() == 0) {
            throw new WrongAnswers(target, this, outcome);
        }
        if (anew && outcome.dialed() < outcome.requests()) {
            throw new IllegalStateException(target + ": a connection was used twice: " + outcome);
        }
        if (rate > 0 && outcome.micros().p50() > SATURATED.toNanos() / 1000) {
            throw new TooSlow("%s cannot keep up with %d requests a second: %s".formatted(target, rate, outcome));
        }
        return outcome;
    }

    private String said(Command command, String target) {
        try {
            return command.output();
        } catch (TestbedException e) {
            if (rate > 0 && String.valueOf(e.getMessage()).contains(NO_ANSWER)) {
                throw new TooSlow(target + " leaves requests unanswered at " + rate + " a second: " + e.getMessage());
            }
            throw e;
        }
    }

    /** A command that does it for an hour, unless it is ended. */
    Command lasting(Pod caller, String program, String target) {
        return caller.enter(command(program, target, Duration.ZERO, Duration.ofHours(1)));
    }

    /** Whether one request, over a connection of its own, is answered as it should be. */
    boolean isAnswered(Pod caller, String program, String target) {
        return caller.enter(question(program, target)).run().ok();
    }

    /**
     * The same past the caller's proxy, by TLS.
     *
     * @param identity the file with certificate and key that the caller shows, if it shows any
     */
    boolean isAnsweredByTls(Pod caller, String program, String target, Optional<Path> identity) {
        List<String> words = question(program, target);
        words.add("-tls");
        identity.ifPresent(file -> words.add("-identity=" + file));
        return caller.enter(words).run().ok();
    }

    private List<String> question(String program, String target) {
        return new ArrayList<>(
                List.of(program, "ask", "-protocol=" + protocol.id(), "-target=" + target, "-size=" + size));
    }

    /** Runs it, whatever comes of it. */
    void call(Pod caller, String program, String target, Duration duration) {
        caller.enter(command(program, target, Duration.ZERO, duration)).output();
    }

    private List<String> command(String program, String target, Duration warmUp, Duration duration) {
        return new ArrayList<>(List.of(
                program,
                "call",
                "-protocol=" + protocol.id(),
                "-target=" + target,
                "-connections=" + connections,
                "-streams=" + streams,
                "-size=" + size,
                "-rate=" + rate,
                "-anew=" + anew,
                "-warm-up=" + warmUp.toMillis() + "ms",
                "-duration=" + duration.toMillis() + "ms"));
    }

    private static Outcome read(String json) {
        try {
            return JSON.readValue(json, Outcome.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the load program said: " + json, e);
        }
    }

    /** At this rate a tail would only tell of the queue. */
    static final class TooSlow extends IllegalStateException {
        private static final long serialVersionUID = 1;

        TooSlow(String message) {
            super(message);
        }
    }

    /** Ends the benchmark. */
    static final class WrongAnswers extends IllegalStateException {
        private static final long serialVersionUID = 1;

        WrongAnswers(String target, Load load, Outcome outcome) {
            super("%s: %d of %d requests were not answered as asked, the first one: %s (%s)"
                    .formatted(
                            target,
                            outcome.failed(),
                            outcome.failed() + outcome.requests(),
                            outcome.firstFailure(),
                            load));
        }
    }
}
