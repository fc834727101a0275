package io.hamesh.operator.registration;

import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs what was put right in Consul. What an outage left behind is logged, but is no drift. */
final class DriftMeter {
    private static final Logger LOG = LoggerFactory.getLogger(DriftMeter.class);

    /** What was not as it should be. */
    enum Kind {
        /** A pod's entries were changed or removed. */
        REGISTRATION,

        /** An entry under our mark was no living pod's. */
        STRAY,

        /** A service's protocol was no longer what its pods speak. */
        PROTOCOL
    }

    /** Whoever undoes us again and again does not fill the log. */
    private static final int LOGGED = 5;

    private final MeterRegistry meters;

    DriftMeter(MeterRegistry meters) {
        this.meters = meters;
        Stream.of(Kind.values()).forEach(this::counter); // from the start on, at 0
    }

    void repaired(Kind kind, Cause cause, String what) {
        repaired(kind, cause, what, 1);
    }

    /** @param times how often this was put right within the minute, with this time */
    void repaired(Kind kind, Cause cause, String what, int times) {
        if (cause == Cause.BACK) {
            LOG.atInfo().addKeyValue("what", what).log("put right in consul");
            return;
        }
        if (times <= LOGGED) {
            LOG.atWarn().addKeyValue("what", what).log("drift repaired");
        } else if (times == LOGGED + 1) {
            LOG.atWarn()
                    .addKeyValue("what", what)
                    .log(
                            "drift repaired, and somebody undoes it each time: further repairs within the minute are only counted");
        }
        counter(kind).increment();
    }

    private Counter counter(Kind kind) {
        return Counter.builder("hamesh.catalog.drift.repaired")
                .description("Entries in Consul's catalog that somebody changed and the operator put right")
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }
}
