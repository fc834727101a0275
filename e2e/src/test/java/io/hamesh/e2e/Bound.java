package io.hamesh.e2e;

import java.time.Duration;

/**
 * What is promised of time, and of the processor's: as promised where {@code -Dhamesh.e2e.strict=true}, three times that on
 * machines that are shared. What was measured is printed before it is asserted. What is lost, refused or in a wrong order
 * is never a matter of how busy a machine is, and has no such bound.
 */
final class Bound {
    private static final boolean STRICT = Boolean.getBoolean("hamesh.e2e.strict");
    private static final int TIMES = STRICT ? 1 : 3;

    private Bound() {}

    static Duration of(Duration promised) {
        return promised.multipliedBy(TIMES);
    }

    /** The same, but never as long as it takes where something is wrong, of which it is to tell. */
    static Duration of(Duration promised, Duration wrong) {
        Duration bound = of(promised);
        return bound.compareTo(wrong) < 0 ? bound : wrong;
    }

    static double of(double promised) {
        return promised * TIMES;
    }

    /**
     * The larger of the two on a shared machine; {@code bound} alone when strict.
     *
     * @param beside what something else took at the same time on the same machine
     * @param most never more than this, whatever that took
     */
    static double orBeside(double bound, double beside, double most) {
        return STRICT ? bound : Math.min(Math.max(bound, beside), most);
    }
}
