package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.host.TestbedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Measures again where HAProxy was reloaded meanwhile. A reload starts another worker, which costs CPU, and whose CPU is
 * not counted.
 */
final class SteadyProxies {
    private static final int TRIES = 3;

    private final List<String> repeated = new ArrayList<>();

    /**
     * Measures while the proxies' processes stay the same.
     *
     * @param what for people
     */
    <T> T measured(String what, Supplier<List<Long>> proxies, Function<List<Long>, T> measure) {
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            List<Long> before = proxies.get();
            try {
                T measured = measure.apply(before);
                if (before.equals(proxies.get())) {
                    return measured;
                }
            } catch (TestbedException e) {
                if (before.equals(proxies.get())) {
                    throw e; // it is not that the old worker has ended
                }
            }
            repeated.add(what);
        }
        throw new IllegalStateException(
                what + ": HAProxy was reloaded in each of " + TRIES + " tries. Is something else using the mesh?");
    }

    /** In lines for people. */
    String told() {
        if (repeated.isEmpty()) {
            return "No proxy was reloaded while it was measured.";
        }
        return "Measured again, because HAProxy was reloaded meanwhile: " + String.join("; ", repeated);
    }
}
