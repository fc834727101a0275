package io.hamesh.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * A probe or lifecycle hook of the application that the kubelet asks HAProxy for: the application listens on loopback,
 * where the kubelet cannot come.
 *
 * @param container whose probe it is
 * @param target where the application itself answers
 */
public record AppProbe(String container, Kind kind, ProbeTarget target) implements Comparable<AppProbe> {
    /** What every probe's path on {@link MeshPorts#OPS} starts with. */
    public static final String PATHS = "/probe/";

    /** Which of a container's probes and hooks. */
    public enum Kind {
        STARTUP,
        READINESS,
        LIVENESS,
        POST_START,
        PRE_STOP;

        /** The last part of a probe's path: lower case, {@code post-start}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether it is no probe: the kubelet asks once, and only a lost connection is a failure to it. */
        public boolean isHook() {
            return this == POST_START || this == PRE_STOP;
        }

        static Optional<Kind> of(String id) {
            return Arrays.stream(values()).filter(kind -> kind.id().equals(id)).findFirst();
        }
    }

    @Override
    public int compareTo(AppProbe other) {
        return Comparator.comparing(AppProbe::container)
                .thenComparing(AppProbe::kind)
                .compare(this, other);
    }

    /** Where the kubelet asks, unless it asks by gRPC: the whole path, to which nothing may be added. */
    public String path() {
        return PATHS + container + "/" + kind.id();
    }
}
