package io.hamesh.agent.snapshot;

import java.util.Locale;

/** Whether a source, a calling service, may call this pod's service. */
public enum SourceVerdict {
    ALLOW,
    DENY;

    /** The value in HAProxy's map: lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
