package io.hamesh.testbed.host;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Tells a person what goes on: a line when a step ends, and one every ten seconds while it lasts. */
public final class Steps {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final PrintStream out;
    private final long started = System.nanoTime();
    private final List<Timing> timings = new ArrayList<>();

    public Steps(PrintStream out) {
        this.out = out;
    }

    private record Timing(String step, Duration took, String outcome) {}

    /** What a running step is at, and what came of it. */
    public static final class Progress {
        private static final int LONGEST = 100;

        private final AtomicReference<String> now = new AtomicReference<>("");
        private final AtomicReference<String> outcome = new AtomicReference<>("");

        public void at(String what) {
            now.set(what.length() <= LONGEST ? what : what.substring(0, LONGEST) + "…");
        }

        public void outcome(String what) {
            outcome.set(what);
        }
    }

    /** A step's work. */
    public interface Work<T> {
        T run(Progress progress);
    }

    public <T> T step(String name, Work<T> work) {
        var progress = new Progress();
        var begin = System.nanoTime();
        var ticker = Thread.startVirtualThread(() -> tick(name, begin, progress));
        try {
            var result = work.run(progress);
            var took = Duration.ofNanos(System.nanoTime() - begin);
            var timing = new Timing(name, took, progress.outcome.get());
            line("%s: %s (%.1f s)"
                    .formatted(name, timing.outcome().isEmpty() ? "done" : timing.outcome(), seconds(took)));
            synchronized (timings) {
                timings.add(timing);
            }
            return result;
        } finally {
            ticker.interrupt();
        }
    }

    public void say(String text) {
        line(text);
    }

    /** All finished steps, one a line: seconds, name, outcome. */
    public String table() {
        synchronized (timings) {
            return timings.stream()
                    .map(timing -> "%.1f\t%s\t%s%n".formatted(seconds(timing.took()), timing.step(), timing.outcome()))
                    .collect(Collectors.joining());
        }
    }

    private void tick(String name, long begin, Progress progress) {
        try {
            while (true) {
                Thread.sleep(SILENCE);
                var took = Duration.ofNanos(System.nanoTime() - begin);
                var now = progress.now.get();
                line("%s … %d s%s".formatted(name, took.toSeconds(), now.isEmpty() ? "" : ", " + now));
            }
        } catch (InterruptedException e) {
            // The step ended.
        }
    }

    private synchronized void line(String text) {
        out.printf("%7.1f s  %s%n", seconds(Duration.ofNanos(System.nanoTime() - started)), text);
        out.flush();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
