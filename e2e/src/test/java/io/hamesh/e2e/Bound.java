package io.hamesh.e2e;

import java.time.Duration;

/** Bounds in milliseconds: as promised where {@code -Dhamesh.e2e.strict=true}, three times that on machines that are shared. */
final class Bound {
    private static final int TIMES = Boolean.getBoolean("hamesh.e2e.strict") ? 1 : 3;

    private Bound() {}

    static Duration of(Duration promised) {
        return promised.multipliedBy(TIMES);
    }
}
