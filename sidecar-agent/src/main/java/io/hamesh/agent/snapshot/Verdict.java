package io.hamesh.agent.snapshot;

import java.util.Locale;

/** What an intention says of a source. */
public enum Verdict {
    ALLOW,
    DENY;

    /** The value in HAProxy's map: lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
