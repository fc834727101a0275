package io.hamesh.model;

/** The ports that a sidecar takes in its pod, and those that an application may use. */
public final class MeshPorts {
    /** mTLS of the pod's first service; further services follow upwards. */
    public static final int INBOUND = 20000;

    /** {@code /metrics}, {@code /ready} and the probes, on the pod's addresses. */
    public static final int OPS = 20200;

    /** The first gRPC probe's; further ones follow upwards. */
    public static final int GRPC_PROBES = OPS + 1;

    /** HAProxy's stats page, on loopback only. */
    public static final int STATS = 1936;

    /** How many gRPC probes a pod may have. */
    public static final int MAX_GRPC_PROBES = 100;

    private static final int SERVICES = 100;

    private MeshPorts() {}

    /** Whether {@code port} is one that the sidecar takes, or keeps for more services and probes. */
    public static boolean isReserved(int port) {
        return port == STATS || (port >= INBOUND && port < INBOUND + SERVICES) || port == OPS || isGrpcProbe(port);
    }

    /** Whether {@code port} is kept for a gRPC probe. */
    public static boolean isGrpcProbe(int port) {
        return port >= GRPC_PROBES && port < GRPC_PROBES + MAX_GRPC_PROBES;
    }

    public static boolean isValid(int port) {
        return port >= 1 && port <= 65535;
    }
}
