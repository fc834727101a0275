package io.hamesh.operator.health;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all parts of the operator say about themselves; safe for any number of threads. */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private final Map<String, Supplier<Optional<String>>> needs = new ConcurrentSkipListMap<>();
    private final Map<String, Supplier<Optional<String>>> signs = new ConcurrentSkipListMap<>();
    private final LongSupplier nanoTime;
    private volatile boolean leaving;

    public Health() {
        this(System::nanoTime);
    }

    /** @param nanoTime by which silence is measured, as {@link System#nanoTime} */
    public Health(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        signs.put("threads", Health::deadlock);
    }

    /**
     * Reviews are not sent here before this is so.
     *
     * @param notYet said while it is not so, for people
     */
    public void needs(String name, Supplier<Boolean> isSo, String notYet) {
        needs.put(name, () -> isSo.get() ? Optional.empty() : Optional.of(notYet));
    }

    /**
     * A worker that has to give a sign of life at least that often while it runs.
     *
     * @throws IllegalStateException if the name is taken
     */
    public Heartbeat heartbeat(String name, Duration longestSilence) {
        Heartbeat heartbeat = new Heartbeat(longestSilence, nanoTime);
        add(name, heartbeat::problem);
        return heartbeat;
    }

    /**
     * Work of which no single piece may last longer than that.
     *
     * @throws IllegalStateException if the name is taken
     */
    public InFlight inFlight(String name, Duration longest) {
        InFlight inFlight = new InFlight(longest, nanoTime);
        add(name, inFlight::problem);
        return inFlight;
    }

    private void add(String name, Supplier<Optional<String>> problem) {
        if (signs.putIfAbsent(name, problem) != null) {
            throw new IllegalStateException("health already has a worker named " + name);
        }
    }

    /** From now on this replica wants no reviews: it is about to end. */
    public void leave() {
        leaving = true;
    }

    /** Why it must not be asked now, each reason with its name; empty where it may be. */
    public List<String> unready() {
        return leaving ? List.of("process: shutting down") : problems(needs);
    }

    /** Why only a restart can help, each reason with its name, and in the log too; empty where it is well. */
    public List<String> wedged() {
        List<String> problems = problems(signs);
        if (!problems.isEmpty()) {
            LOG.atError().addKeyValue("error", String.join("; ", problems)).log("only a restart can help");
        }
        return problems;
    }

    private static List<String> problems(Map<String, Supplier<Optional<String>>> checks) {
        return checks.entrySet().stream()
                .flatMap(check -> check.getValue().get().stream().map(problem -> check.getKey() + ": " + problem))
                .toList();
    }

    /** Of platform threads only: the JVM does not look for it among virtual ones, which beat instead. */
    private static Optional<String> deadlock() {
        var threads = ManagementFactory.getThreadMXBean();
        long[] ids = threads.findDeadlockedThreads();
        return Optional.ofNullable(ids)
                .map(found -> "deadlock of "
                        + Stream.of(threads.getThreadInfo(found))
                                .map(thread -> thread.getThreadName())
                                .toList());
    }
}
