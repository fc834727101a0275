package io.hamesh.agent.snapshot;

import java.util.Locale;

/** Whether a source may call. */
public enum Verdict {
    ALLOW,
    DENY;

    /** The value in HAProxy's map: lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
