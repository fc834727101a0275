package io.hamesh.model;

/** The ports that a sidecar takes in its pod, and those that an application may use. */
public final class MeshPorts {
    /** mTLS of the pod's first service; further services follow upwards. */
    public static final int INBOUND = 20000;

    /** {@code /metrics}, {@code /ready} and the probes, on the pod's addresses. */
    public static final int OPS = 20200;

    /** HAProxy's stats page, on loopback only. */
    public static final int STATS = 1936;

    private static final int SERVICES = 100;
    private static final int PROBES = 100;

    private MeshPorts() {}

    /** Whether {@code port} is one that the sidecar takes, or keeps for more services and probes. */
    public static boolean isReserved(int port) {
        return port == STATS || (port >= INBOUND && port < INBOUND + SERVICES) || (port >= OPS && port <= OPS + PROBES);
    }

    public static boolean isValid(int port) {
        return port >= 1 && port <= 65535;
    }
}
